import type { SyntheticEvent } from "react";
import { isApiError } from "../../api/api-error";
import { useSignIn } from "../../api/sign-in";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/text-field";
import styles from "./sign-in-form.module.css";

type Props = { onSignedIn: () => void };

function explain(error: unknown): string {
  const status = isApiError(error) ? error.status : 0;
  if (status === 401 || status === 400 || status === 422) return "E-mail and password do not match.";
  if (status === 429) return "Too many attempts. Please wait a minute and try again.";
  return "Signing in did not work: the server could not be reached or answered with an error.";
}

export function SignInForm({ onSignedIn }: Props) {
  const signIn = useSignIn();
  const handleSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [email, password] = [form.get("email"), form.get("password")];
    if (typeof email === "string" && typeof password === "string") signIn.mutate({ email, password }, { onSuccess: onSignedIn });
  };
  return (
    <form className={styles["form"]} onSubmit={handleSubmit}>
      <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      {signIn.isError && (
        <p role="alert" className={styles["problem"]}>
          {explain(signIn.error)}
        </p>
      )}
      <Button type="submit" variant="primary" className={styles["submit"]} disabled={signIn.isPending}>
        {signIn.isPending ? "Signing in …" : "Sign in"}
      </Button>
    </form>
  );
}

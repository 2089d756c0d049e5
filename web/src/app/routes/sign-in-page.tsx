import { getRouteApi, useRouter } from "@tanstack/react-router";
import { SignInForm } from "../../features/sign-in/sign-in-form";
import { Logo } from "../shell/logo";
import { usePageTitle } from "../use-page-title";
import styles from "./sign-in-page.module.css";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  usePageTitle("Sign in");
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <div className={styles["brand"]}>
          <Logo />
        </div>
        <h1 className={styles["title"]}>Sign in</h1>
        <SignInForm onSignedIn={() => router.history.push(next ?? "/")} />
      </div>
    </main>
  );
}

import type { ReactNode, SyntheticEvent } from "react";
import { useCreateProject } from "../../api/create-project";
import type { Project } from "../../api/types";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/text-field";
import styles from "./create-project-form.module.css";

type Props = { platform: string; platformPicker: ReactNode; onCreated: (project: Project) => void };

export function CreateProjectForm({ platform, platformPicker, onCreated }: Props) {
  const { organizationId, can } = useSession();
  const create = useCreateProject(organizationId);
  const handleSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name");
    if (typeof name === "string") create.mutate({ name: name.trim(), platform }, { onSuccess: onCreated });
  };
  if (!can("project:write")) return <p className={styles["note"]}>There is no project yet, and your role does not include creating one.</p>;
  return (
    <form className={styles["form"]} onSubmit={handleSubmit}>
      <TextField label="Name" name="name" required maxLength={100} autoComplete="off" autoFocus hint="One project per program that you ship: “Shop web”, “Billing API”." />
      {platformPicker}
      {create.isError && (
        <p role="alert" className={styles["problem"]}>
          The project could not be created.
        </p>
      )}
      <div>
        <Button type="submit" variant="primary" disabled={create.isPending}>
          Create the project
        </Button>
      </div>
    </form>
  );
}

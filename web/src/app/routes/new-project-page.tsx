import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { PlatformPicker } from "../../features/first-steps/platform-picker";
import { CreateProjectForm } from "../../features/projects/create-project-form";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

export function NewProjectPage() {
  const [platform, setPlatform] = useState("javascript");
  const navigate = useNavigate();
  usePageTitle("New project");
  return (
    <Page title="New project" lead="A project collects the errors of one program.">
      <CreateProjectForm
        platform={platform}
        platformPicker={<PlatformPicker name="platform" value={platform} onChange={setPlatform} />}
        onCreated={({ id }) => void navigate({ to: "/projects/$projectId/first-steps", params: { projectId: id } })}
      />
    </Page>
  );
}

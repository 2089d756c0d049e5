import { Button } from "./button";
import { Notice } from "./notice";

type Problem = { status: number; code: string };
type Props = { error: unknown; subject: string; onRetry: () => void };

const readProblem = (error: unknown): Problem => {
  if (typeof error === "object" && error !== null && "status" in error && "code" in error && typeof error.status === "number" && typeof error.code === "string") {
    return { status: error.status, code: error.code };
  }
  return { status: 0, code: "dashboard_error" };
};

/** Refused (403), not found (404) and failed, in words of ours: the server's text is never shown raw. */
export function Failure({ error, subject, onRetry }: Props) {
  const { status, code } = readProblem(error);
  if (status === 403) {
    return (
      <Notice icon="lock" title={`You may not see ${subject}`} isAlert>
        Your role does not include this. An owner of the organization can change it. <code>{code}</code>
      </Notice>
    );
  }
  if (status === 404) {
    return (
      <Notice icon="search" title="Not found" isAlert>
        There is no such {subject.replace(/^(the|this) /, "")} here: it may have been removed, or belongs to another organization. <code>{code}</code>
      </Notice>
    );
  }
  return (
    <Notice icon="warning" title={`Could not load ${subject}`} isAlert action={<Button onClick={onRetry}>Try again</Button>}>
      {status === 0 ? "The server could not be reached." : "The server answered with an error."} <code>{code}</code>
    </Notice>
  );
}

import { useChangeIssueStatus } from "../../api/issue-status";
import type { Issue, IssueStatus } from "../../api/types";
import { plural } from "../../format/numbers";
import { useToasts } from "../../ui/toasts";

const done: Record<IssueStatus, string> = { resolved: "resolved", ignored: "ignored", unresolved: "unresolved again" };

const statuses: readonly IssueStatus[] = ["unresolved", "resolved", "ignored"];

/** Changes the status of issues at once and offers to undo it, each issue back to its own status. */
export function useTriage(organizationId: string, projectId: string) {
  const { mutate } = useChangeIssueStatus(organizationId);
  const toasts = useToasts();

  return (issues: readonly Issue[], status: IssueStatus) => {
    const changing = issues.filter((issue) => issue.status !== status);
    if (changing.length === 0) return;
    const undo = () => {
      for (const previous of statuses) {
        const issueIds = changing.filter((issue) => issue.status === previous).map(({ id }) => id);
        if (issueIds.length > 0) mutate({ projectId, issueIds, status: previous });
      }
    };
    const subject = changing.length === 1 ? (changing[0]?.short_id ?? "1 issue") : `${changing.length} ${plural(changing.length, "issue")}`;
    mutate(
      { projectId, issueIds: changing.map(({ id }) => id), status },
      {
        onSuccess: () => toasts.show(`${subject} ${done[status]}`, { label: "Undo", onAction: undo }),
        onError: () => toasts.show(`${subject} could not be changed`),
      },
    );
  };
}

import type { AuditRecord, Member } from "../../api/types";

type Group = { resource: string; actions: readonly (readonly [label: string, words: string])[] };

/** Every act that the server records, in plain words. One it learns later is shown by its own name. */
export const actionGroups: readonly Group[] = [
  { resource: "Sessions", actions: [["session.create", "Signed in"], ["session.refuse", "Sign-in refused"], ["session.revoke", "Signed out"]] },
  {
    resource: "Issues and events",
    actions: [
      ["issue.open", "Opened an issue"],
      ["issue.list", "Listed issues"],
      ["issue.list_facets", "Listed search values"],
      ["issue.change_status", "Changed an issue’s status"],
      ["event.open", "Opened an event"],
      ["event.list", "Listed events"],
    ],
  },
  {
    resource: "Projects and keys",
    actions: [
      ["project.create", "Created a project"],
      ["project.change", "Changed a project"],
      ["project.delete", "Deleted a project"],
      ["dsn_key.create", "Created a DSN key"],
      ["dsn_key.rotate", "Rotated a DSN key"],
      ["dsn_key.disable", "Disabled a DSN key"],
      ["api_key.create", "Created an API key"],
      ["api_key.revoke", "Revoked an API key"],
    ],
  },
  {
    resource: "Organization",
    actions: [
      ["organization.create", "Created the organization"],
      ["member.add", "Added a member"],
      ["member.change_role", "Changed a member’s role"],
      ["member.remove", "Removed a member"],
      ["member.list", "Listed members"],
      ["scrub_policy.change", "Changed the scrubbing rules"],
      ["data_key.create", "Created data keys"],
    ],
  },
  {
    resource: "Audit log",
    actions: [
      ["audit.search", "Searched the audit log"],
      ["audit.export", "Exported the audit log"],
      ["audit.download", "Downloaded an export"],
      ["disclosure.erase", "Erased personal fields"],
    ],
  },
];

const wordsByAction = new Map<string, string>([...actionGroups.flatMap(({ actions }) => actions), ["unreadable", "Unreadable entry"]]);

export const actionWords = (action: string): string => wordsByAction.get(action) ?? action.replaceAll(/[._]/g, " ");

export const targetKinds = ["issue", "event", "project", "dsn_key", "api_key", "user", "session", "organization", "audit_export"] as const;

export const kindWords = (kind: string): string => {
  const words = kind.replaceAll("_", " ").replace(/^(api|dsn)\b/, (name) => name.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export type People = { ownId: string; members: readonly Member[] };

export const nameOf = (id: string, { ownId, members }: People): string => {
  const known = members.find((member) => member.user_id === id);
  if (id === ownId) return known === undefined ? "You" : `${known.display_name} (you)`;
  return known?.display_name ?? `User ${id.slice(-8)}`;
};

/** Who did it: the record holds a pseudonym, the name comes from today's list of members. */
export function actorWords({ kind, id }: AuditRecord["actor"], people: People): string {
  switch (kind) {
    case "user":
      return id === null ? "A user" : nameOf(id, people);
    case "api_key":
      return id === null ? "API key" : `API key of ${nameOf(id, people)}`;
    case "system":
      return "System";
    case "operator":
      return "Operator";
    case "anonymous":
      return "Nobody signed in";
    default:
      return "Unknown";
  }
}

import { createContext, use, type ReactNode } from "react";
import type { Scope, Session } from "../api/types";

const SessionContext = createContext<Session | null>(null);

type Props = { session: Session; children: ReactNode };

export function SessionProvider({ session, children }: Props) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

type CurrentSession = Session & { organizationId: string; can: (scope: Scope) => boolean };

/** Scopes only hide what would be refused anyway: the server decides. */
export function useSession(): CurrentSession {
  const session = use(SessionContext);
  if (session === null) throw new Error("useSession needs a SessionProvider");
  return { ...session, organizationId: session.organization.id, can: (scope) => session.scopes.includes(scope) };
}

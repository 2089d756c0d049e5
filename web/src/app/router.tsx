import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { isApiError } from "../api/api-error";
import { sessionQuery } from "../api/session-query";
import type { Period } from "../api/types";
import { parseAuditSearch, type AuditSearch } from "../features/audit/audit-search";
import { parseIssueSearch, shortIssueSearch, type IssueSearch } from "../features/issues/issue-search";
import { NotFound } from "./routes/not-found";
import { RegionError } from "./routes/region-error";

type Context = { queryClient: QueryClient };

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound });

/** Only paths of our own: what an attacker writes after `next=` must not lead away. */
const ownPath = (raw: unknown): string | undefined => (typeof raw === "string" && /^\/(?![/\\])/.test(raw) ? raw : undefined);

// The router lays what a route validates over what the address holds, so a refused value must be overwritten with undefined.
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { next?: string | undefined } => ({ next: ownPath(raw["next"]) }),
  component: lazyRouteComponent(() => import("./routes/sign-in-page"), "SignInPage"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...sessionQuery, staleTime: "static" });
    } catch (error) {
      if (isApiError(error) && error.status === 401) throw redirect({ to: "/sign-in", search: { next: location.href } });
      throw error;
    }
  },
  errorComponent: RegionError,
  component: lazyRouteComponent(() => import("./shell/app-shell"), "AppShell"),
});

const home = createRoute({ getParentRoute: () => shell, path: "/", component: lazyRouteComponent(() => import("./routes/home-page"), "HomePage") });

const newProject = createRoute({
  getParentRoute: () => shell,
  path: "/projects/new",
  component: lazyRouteComponent(() => import("./routes/new-project-page"), "NewProjectPage"),
});

const issues = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/issues",
  validateSearch: (raw: Record<string, unknown>): Partial<IssueSearch> => shortIssueSearch(parseIssueSearch(raw)),
  component: lazyRouteComponent(() => import("./routes/issues-page"), "IssuesPage"),
});

const issue = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/issues/$issueId",
  validateSearch: (raw: Record<string, unknown>): { event?: string | undefined } => ({ event: typeof raw["event"] === "string" ? raw["event"] : undefined }),
  component: lazyRouteComponent(() => import("./routes/issue-page"), "IssuePage"),
});

const firstSteps = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/first-steps",
  component: lazyRouteComponent(() => import("./routes/first-steps-page"), "FirstStepsPage"),
});

const periods: readonly Period[] = ["24h", "7d", "14d", "30d"];

const usage = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/usage",
  validateSearch: (raw: Record<string, unknown>): { period?: Period | undefined } => ({ period: periods.find((known) => known === raw["period"]) }),
  component: lazyRouteComponent(() => import("./routes/usage-page"), "UsagePage"),
});

const dsnKeys = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/settings/keys",
  component: lazyRouteComponent(() => import("./routes/dsn-keys-page"), "DsnKeysPage"),
});

const apiKeys = createRoute({
  getParentRoute: () => shell,
  path: "/organization/api-keys",
  component: lazyRouteComponent(() => import("./routes/api-keys-page"), "ApiKeysPage"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/organization/audit",
  validateSearch: (raw: Record<string, unknown>): AuditSearch => parseAuditSearch(raw),
  component: lazyRouteComponent(() => import("./routes/audit-page"), "AuditPage"),
});

const routeTree = root.addChildren([signIn, shell.addChildren([home, newProject, issues, issue, firstSteps, usage, dsnKeys, apiKeys, audit])]);

/** "query=is:unresolved" stays readable in the address: values are plain strings, never JSON. */
const parseSearch = (text: string): Record<string, unknown> => Object.fromEntries(new URLSearchParams(text));

function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).flatMap(([key, value]): [string, string][] => (typeof value === "string" ? [[key, value]] : []));
  const text = new URLSearchParams(pairs).toString().replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

export const createAppRouter = (queryClient: QueryClient) =>
  createRouter({ routeTree, context: { queryClient }, parseSearch, stringifySearch, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: RegionError });

declare module "@tanstack/react-router" {
  // Merging into the library's interface is how it learns our routes.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

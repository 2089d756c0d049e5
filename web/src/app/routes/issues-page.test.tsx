import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { issues } from "../../testing/fixtures/issues";
import { emptyFacets, projects, session } from "../../testing/fixtures/organization";
import { problem } from "../../testing/handlers";
import { renderApp } from "../../testing/render-app";
import { sendLiveHint, server } from "../../testing/server";

const path = "/projects/482913/issues";
const listPath = "*/api/v1/projects/:project_id/issues";

const answerWith = (items: typeof issues) => http.get(listPath, () => HttpResponse.json({ items, next_cursor: null, total: items.length, total_is_capped: false }));

const rowOf = async (shortId: string) => {
  const cell = await screen.findByText(shortId);
  const row = cell.closest("tr");
  if (row === null) throw new Error("not in a row");
  return within(row);
};

test("a row says what, where, how often, to how many and when", async () => {
  renderApp(path);
  const row = await rowOf("SHOP-405");
  expect(row.getByRole("link", { name: "TypeError" })).toHaveAttribute("href", expect.stringContaining("/projects/482913/issues/"));
  expect(row.getByText("'NoneType' object is not subscriptable")).toBeVisible();
  expect(row.getByText("shop.cart.totals in apply_voucher")).toBeVisible();
  expect(row.getByTitle("4,812")).toHaveTextContent("4.8K");
  expect(row.getByRole("img", { name: "383 events in the last 24 hours" })).toBeInTheDocument();
  expect((await rowOf("SHOP-412")).getByText("New")).toBeVisible();
  expect((await rowOf("SHOP-398")).getByText("Regressed")).toBeVisible();
});

test("while loading, rows are announced as loading", async () => {
  server.use(http.get(listPath, () => new Promise<never>(() => undefined)));
  renderApp(path);
  expect(await screen.findByRole("status", { name: "Loading issues" })).toBeInTheDocument();
});

test("a project without any event shows the first steps with its own DSN", async () => {
  server.use(
    answerWith([]),
    http.get("*/api/v1/projects/:project_id/facets", () => HttpResponse.json(emptyFacets)),
  );
  renderApp("/projects/482915/issues");
  expect(await screen.findByRole("heading", { name: "Send your first event" })).toBeVisible();
  expect(screen.getByLabelText("setup snippet")).toHaveTextContent("482915");
});

test("no match offers to clear the search", async () => {
  server.use(answerWith([]));
  const { user } = renderApp(`${path}?query=release:9`);
  await screen.findByRole("heading", { name: "No issue matches" });
  await user.click(screen.getByText("Clear the search", { selector: "main button" }));
  expect(window.location.search).toBe("?query=");
});

test("refused and failed are told apart, and failed can be tried again", async () => {
  server.use(http.get(listPath, () => problem(403, "scope_missing")));
  const { unmount } = renderApp(path);
  expect(await screen.findByRole("heading", { name: "You may not see these issues" })).toBeVisible();
  unmount();

  server.use(http.get(listPath, () => problem(422, "broken")));
  const { user } = renderApp(path);
  expect(await screen.findByRole("heading", { name: "Could not load these issues" })).toBeVisible();
  server.use(answerWith(issues));
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("SHOP-412")).toBeVisible();
});

test("a search which the server cannot read is explained at the search bar", async () => {
  server.use(http.get(listPath, () => problem(400, "bad_query", { position: 7 })));
  renderApp(`${path}?query=level:`);
  expect(await screen.findByText("This search cannot be read from character 8 on.")).toBeVisible();
});

test("tabs and completions write the query into the address", async () => {
  const { user } = renderApp(path);
  await screen.findByText("SHOP-412");
  await user.click(screen.getByRole("button", { name: "Resolved" }));
  expect(window.location.search).toBe("?query=is:resolved");

  await user.keyboard("/");
  const search = screen.getByRole("combobox", { name: "Search issues" });
  expect(search).toHaveFocus();
  await user.type(search, " env{ArrowDown}{Enter}");
  await user.keyboard("{ArrowDown}{Enter}{Enter}");
  await waitFor(() => expect(window.location.search).toBe("?query=is:resolved+environment:production"));
});

test("keys move, select and resolve; the list changes before the server answers; undo goes back", async () => {
  const sent: unknown[] = [];
  server.use(
    answerWith(issues),
    http.post("*/api/v1/projects/:project_id/issues/bulk", async ({ request }) => {
      sent.push(await request.json());
      server.use(answerWith(sent.length === 1 ? issues.slice(2) : issues));
      return HttpResponse.json({ updated: 2 });
    }),
  );
  const { user } = renderApp(path);
  await screen.findByText("SHOP-412");
  await user.keyboard("jxjx");
  expect(screen.getByText("2 issues selected")).toBeVisible();
  await user.keyboard("r");
  expect(screen.queryByText("SHOP-412")).not.toBeInTheDocument();
  expect(await screen.findByText("2 issues resolved")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByText("SHOP-412")).toBeVisible();
  const ids = issues.slice(0, 2).map(({ id }) => id);
  expect(sent).toEqual([
    { issue_ids: ids, status: "resolved" },
    { issue_ids: ids, status: "unresolved" },
  ]);
});

test("a refused change brings the row back", async () => {
  server.use(http.patch("*/api/v1/issues/:issue_id", () => problem(403, "scope_missing")));
  const { user } = renderApp(path);
  await screen.findByText("SHOP-412");
  await user.keyboard("ji");
  expect(await screen.findByText("SHOP-412 could not be changed")).toBeVisible();
  expect(screen.getByText("SHOP-412", { selector: "tr span" })).toBeVisible();
});

test("without issue:write nothing offers to change", async () => {
  server.use(http.get("*/api/v1/auth/session", () => HttpResponse.json({ ...session, scopes: ["issue:read"] })));
  const { user } = renderApp(path);
  await user.click(await screen.findByRole("checkbox", { name: "Select SHOP-412" }));
  expect(screen.queryByRole("toolbar")).not.toBeInTheDocument();
});

test("what happens meanwhile is offered as a pill", async () => {
  const { user } = renderApp(path);
  await screen.findByText("SHOP-412");
  sendLiveHint("a", true);
  sendLiveHint("b", true);
  sendLiveHint("c", false);
  const pill = await screen.findByRole("button", { name: "2 new, 1 updated" });
  await user.click(pill);
  await waitFor(() => expect(pill).not.toBeInTheDocument());
});

test("the next page is appended", async () => {
  server.use(
    http.get(listPath, ({ request }) => {
      const isSecond = new URL(request.url).searchParams.get("cursor") === "next";
      return HttpResponse.json({ items: isSecond ? issues.slice(6) : issues.slice(0, 6), next_cursor: isSecond ? null : "next", total: 1000, total_is_capped: true });
    }),
  );
  const { user } = renderApp(path);
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByText("SHOP-320")).toBeVisible();
  expect(screen.getByText("11 of 1,000+ issues")).toBeVisible();
});

test("the sidebar leads to the other projects", async () => {
  const { user } = renderApp(path);
  await user.click(await screen.findByRole("button", { name: /^Project:\s*Shop API/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: /Shop Web/ }));
  expect(window.location.pathname).toBe(`/projects/${projects[1]?.id}/issues`);
});

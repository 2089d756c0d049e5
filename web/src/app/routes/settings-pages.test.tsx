import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { apiKeys, dsnKeys, session } from "../../testing/fixtures/organization";
import { problem } from "../../testing/handlers";
import { renderApp } from "../../testing/render-app";
import { sendLiveHint, server } from "../../testing/server";

test("an API key is created, shown once, and revoked", async () => {
  const calls: unknown[] = [];
  const secret = "errp_shown-once";
  server.use(
    http.post("*/api/v1/api-keys", async ({ request }) => {
      calls.push(await request.json());
      return HttpResponse.json({ ...apiKeys[0], secret }, { status: 201 });
    }),
    http.delete("*/api/v1/api-keys/:key_id", ({ params }) => {
      calls.push(params["key_id"]);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = renderApp("/organization/api-keys");
  await user.click(await screen.findByRole("button", { name: "Create a key" }));
  await user.type(screen.getByLabelText("Name"), "Deploy");
  await user.click(screen.getByRole("checkbox", { name: "issue:write" }));
  await user.click(screen.getByRole("button", { name: "Create" }));
  expect(await screen.findByText(secret)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Copy API key" }));
  expect(await navigator.clipboard.readText()).toBe(secret);
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByText(secret)).not.toBeInTheDocument();

  await user.click(screen.getByRole("button", { name: "Revoke Grafana" }));
  await user.click(screen.getByRole("button", { name: "Revoke" }));
  expect(await screen.findByText("“Grafana” is revoked")).toBeVisible();
  const reading = session.scopes.filter((scope) => scope.endsWith(":read"));
  expect(calls).toEqual([{ name: "Deploy", expires_in_days: 90, scopes: [...reading, "issue:write"] }, "a2"]);
});

test("DSN keys can be copied; refused is said so", async () => {
  const { user, unmount } = renderApp("/projects/482913/settings/keys");
  await user.click(await screen.findByRole("button", { name: "Copy DSN of Default" }));
  expect(await navigator.clipboard.readText()).toBe(dsnKeys[0]?.dsn);
  unmount();
  server.use(http.get("*/api/v1/projects/:project_id/keys", () => problem(403, "scope_missing")));
  renderApp("/projects/482913/settings/keys");
  expect(await screen.findByRole("heading", { name: "You may not see the DSN keys" })).toBeVisible();
});

test("usage counts every outcome, as bars and as a table", async () => {
  const { user } = renderApp("/projects/482913/usage");
  const table = within(await screen.findByRole("table", { name: "Outcomes" }));
  expect(table.getByRole("row", { name: /error Rate limited key quota 2,310/ })).toBeVisible();
  expect(screen.getByText("27,324")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "30 d" }));
  expect(window.location.search).toBe("?period=30d");
});

test("the first steps have a snippet per platform and notice the first event", async () => {
  const { user } = renderApp("/projects/482913/first-steps");
  await user.click(await screen.findByRole("radio", { name: "Go" }));
  expect(screen.getByLabelText("setup snippet")).toHaveTextContent(/Dsn: "https:\/\/4f9c2d1e8b7a4c5d9e0f1a2b3c4d5e6f@errors\.northwind\.example\/482913"/);
  expect(screen.getByText("Waiting for the first event …")).toBeVisible();
  await waitFor(() => {
    sendLiveHint("0197b000", true);
    expect(screen.getByRole("link", { name: "See it" })).toHaveAttribute("href", "/projects/482913/issues/0197b000");
  });
});

test("a new project leads to its first steps", async () => {
  server.use(
    http.post("*/api/v1/projects", async ({ request }) => {
      expect(await request.json()).toEqual({ name: "Billing", platform: "python" });
      return HttpResponse.json({ id: "482915" }, { status: 201 });
    }),
  );
  const { user } = renderApp("/projects/new");
  await user.type(await screen.findByLabelText("Name"), "Billing");
  await user.click(screen.getByRole("radio", { name: "Python" }));
  await user.click(screen.getByRole("button", { name: "Create the project" }));
  expect(await screen.findByRole("heading", { name: "Send your first event" })).toBeVisible();
});

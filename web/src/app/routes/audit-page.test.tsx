import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import example from "../../features/audit/verify/example-bundle.json";
import { violations } from "../../testing/axe";
import { auditCheckpoint, auditExports, auditRecords } from "../../testing/fixtures/audit";
import { session } from "../../testing/fixtures/organization";
import { problem } from "../../testing/handlers";
import { renderApp } from "../../testing/render-app";
import { server } from "../../testing/server";

const issueAddress = "/projects/482913/issues/0197b000-0000-7000-8000-000000000017";

test("records are told in plain words, with links to what they are about", async () => {
  const { container } = renderApp("/organization/audit");
  const table = within(await screen.findByRole("table", { name: "Audit records, newest first" }));
  expect(await table.findByRole("row", { name: /Changed an issue’s status .* Mara Lindqvist \(you\)/ })).toBeVisible();
  expect(table.getByRole("row", { name: /Opened an event .* Jonas Weber/ })).toBeVisible();
  expect(table.getByRole("row", { name: /Sign-in refused .* Nobody signed in/ })).toBeVisible();
  expect(table.getByRole("row", { name: /Listed issues .* API key of Mara Lindqvist/ })).toBeVisible();
  expect(table.getByRole("row", { name: /Created a DSN key .* Operator/ })).toBeVisible();
  expect(table.getByRole("link", { name: "Event …3c4d5e6f" })).toHaveAttribute("href", `${issueAddress}?event=4f9c2d1e8b7a4c5d9e0f1a2b3c4d5e6f`);
  expect(screen.getByRole("link", { name: "Audit" })).toHaveAttribute("href", "/organization/audit");
  expect(await violations(container)).toEqual([]);
});

test("a record opens to what changed, to personal fields and to its place in the log", async () => {
  const { user, container } = renderApp("/organization/audit");
  await user.click(await screen.findByRole("button", { name: "Changed an issue’s status" }));
  expect(within(screen.getByRole("table", { name: "Changes" })).getByRole("row", { name: /^status unresolved.*resolved$/ })).toBeVisible();
  const personal = within(screen.getByRole("table", { name: "Personal fields" }));
  expect(personal.getByRole("row", { name: "source.address 10.0.0.7" })).toBeVisible();
  expect(personal.getByText("[erased]")).toBeVisible();
  expect(screen.getByRole("row", { name: "index 811" })).toBeVisible();
  expect(await violations(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "All about this target" }));
  expect(window.location.search).toBe("?target_kind=issue&target_id=0197b000-0000-7000-8000-000000000017");
});

test("filters live in the address and reach the server; more is shown by cursor", async () => {
  const asked: string[] = [];
  server.use(
    http.get("*/api/v1/audit/records", ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query.toString());
      return HttpResponse.json(query.has("cursor") ? { items: auditRecords.slice(4), next_cursor: null } : { items: auditRecords.slice(0, 4), next_cursor: "more" });
    }),
  );
  const { user } = renderApp(`/organization/audit?actor=${session.user.id}&period=junk`);
  await user.selectOptions(await screen.findByRole("combobox", { name: "Action" }), "Opened an event");
  expect(window.location.search).toContain("action=event.open");
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  await waitFor(() => expect(screen.getByText("7 records")).toBeVisible());
  expect(asked.at(-1)).toBe(`action=event.open&actor=${session.user.id}&cursor=more`);
  await user.selectOptions(screen.getByRole("combobox", { name: "Time" }), "Last 7 days");
  await waitFor(() => expect(asked.at(-1)).toMatch(/since=/));
  await user.click(screen.getByRole("button", { name: "Clear" }));
  expect(window.location.search).toBe("");
});

test("nothing, refused and failed are told apart", async () => {
  server.use(http.get("*/api/v1/audit/records", () => HttpResponse.json({ items: [], next_cursor: null })));
  const first = renderApp("/organization/audit");
  expect(await screen.findByRole("heading", { name: "Nothing recorded yet" })).toBeVisible();
  first.unmount();
  server.use(http.get("*/api/v1/audit/records", () => problem(403, "scope_missing")));
  const second = renderApp("/organization/audit");
  expect(await screen.findByRole("heading", { name: "You may not see the audit log" })).toBeVisible();
  second.unmount();
  server.use(
    http.get("*/api/v1/audit/records", () => problem(503, "unavailable")),
    http.get("*/api/v1/audit/checkpoint", () => problem(404, "not_found")),
  );
  renderApp("/organization/audit");
  expect(await screen.findByRole("heading", { name: "Could not load the audit log" })).toBeVisible();
  expect(await screen.findByText(/No checkpoint yet/)).toBeVisible();
});

test("without the scope there is no way to it", async () => {
  server.use(http.get("*/api/v1/auth/session", () => HttpResponse.json({ ...session, scopes: session.scopes.filter((scope) => !scope.startsWith("audit:")) })));
  renderApp("/organization/api-keys");
  await screen.findByRole("heading", { name: "API keys" });
  expect(screen.queryByRole("link", { name: "Audit" })).not.toBeInTheDocument();
});

test("the checkpoint and its keys can be copied", async () => {
  const { user } = renderApp("/organization/audit");
  await user.click(await screen.findByRole("button", { name: "Copy vkey" }));
  expect(await navigator.clipboard.readText()).toBe(auditCheckpoint.vkeys[0]);
  await user.click(screen.getByRole("button", { name: "Copy checkpoint" }));
  expect(await navigator.clipboard.readText()).toBe(auditCheckpoint.note);
});

test("an export is asked for, followed and downloaded", async () => {
  const bodies: unknown[] = [];
  const done = { ...auditExports[0], id: "new", download_url: "/api/v1/audit/exports/new/download" };
  const answers = [{ ...done, state: "running", progress: 40, download_url: null }, done];
  server.use(
    http.post("*/api/v1/audit/exports", async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json({ ...done, state: "waiting" }, { status: 202 });
    }),
    http.get("*/api/v1/audit/exports", () => HttpResponse.json({ items: bodies.length === 0 ? [] : [answers.length > 1 ? answers.shift() : answers[0]] })),
  );
  const { user, container } = renderApp("/organization/audit?action=event.open");
  await user.click(await screen.findByRole("button", { name: "Export" }));
  expect(await violations(container)).toEqual([]);
  await user.click(screen.getByRole("checkbox", { name: /Include personal fields/ }));
  await user.click(screen.getByRole("button", { name: "Start the export" }));
  expect(await screen.findByRole("progressbar", { name: "Export progress" })).toHaveValue(40);
  expect(await screen.findByRole("link", { name: "Download" })).toHaveAttribute("href", "/api/v1/audit/exports/new/download");
  expect(bodies).toEqual([{ action: "event.open", with_disclosures: true }]);
});

test("a bundle is verified in the browser; a wrong key and a wrong file are named", async () => {
  server.use(http.get("*/api/v1/audit/checkpoint", () => HttpResponse.json({ ...auditCheckpoint, vkeys: [example.vkey] })));
  const { user, container } = renderApp("/organization/audit");
  await user.click(await screen.findByRole("button", { name: "Verify a bundle" }));
  const keys = screen.getByRole("textbox", { name: /Trusted verifier keys/ });
  await waitFor(() => expect(keys).toHaveValue(example.vkey));
  const bundle = new File([Uint8Array.from(atob(example.zip), (character) => character.charCodeAt(0))], "bundle.zip", { type: "application/zip" });
  await user.upload(screen.getByLabelText("Bundle"), bundle);
  expect(await screen.findByRole("heading", { name: "bundle.zip is proven" })).toBeVisible();
  expect(screen.getByText(/All of entries 8 to 17 are here, none left out/)).toBeVisible();
  expect(screen.getByText(/The key came from this server/)).toBeVisible();
  expect(await violations(container)).toEqual([]);

  await user.clear(keys);
  await user.type(keys, example.stranger);
  await user.upload(screen.getByLabelText("Bundle"), bundle);
  expect(await screen.findByRole("heading", { name: "bundle.zip does not prove what it claims" })).toBeVisible();
  await user.upload(screen.getByLabelText("Bundle"), new File(["no archive"], "other.zip", { type: "application/zip" }));
  expect(await screen.findByText("The file is no zip archive.")).toBeVisible();
});

import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { eventDetail } from "../../testing/fixtures/event";
import { issueDetail } from "../../testing/fixtures/issues";
import { problem } from "../../testing/handlers";
import { renderApp } from "../../testing/render-app";
import { server } from "../../testing/server";

const path = `/projects/482913/issues/${issueDetail.id}`;
const loaded = () => screen.findByRole("heading", { name: "Stack trace" });

test("the main exception comes first, its own frames are open, library frames are grouped", async () => {
  const { user } = renderApp(path);
  await loaded();
  const articles = screen.getAllByRole("article");
  expect(articles.map((article) => article.getAttribute("aria-label"))).toEqual(["PaymentDeclined", "GatewayError"]);
  const [main] = articles;
  if (main === undefined) throw new Error("no exception");
  const frames = within(main);
  expect(within(articles[1] ?? main).getByText("Caused by")).toBeVisible();
  expect(frames.getByLabelText("Source around line 118")).toHaveTextContent("raise PaymentDeclined");
  expect(frames.getAllByRole("table", { name: "Local variables" })).toHaveLength(2);

  const group = frames.getByRole("button", { name: /4 library frames/ });
  await user.click(group);
  expect(frames.getByText("_get_response")).toBeVisible();

  const crash = frames.getByRole("button", { name: /^confirm_order/ });
  expect(crash).toHaveAttribute("aria-expanded", "true");
  await user.click(crash);
  expect(frames.queryByLabelText("Source around line 118")).not.toBeInTheDocument();
});

test("the order of calls can be turned, and the raw trace is there to copy", async () => {
  const { user } = renderApp(path);
  await loaded();
  const functions = () => within(screen.getByRole("article", { name: "PaymentDeclined" })).getAllByRole("button", { expanded: true }).map((button) => button.textContent);
  expect(functions()[0]).toContain("confirm_order");
  await user.click(screen.getByRole("button", { name: "Oldest first" }));
  expect(functions()[0]).toContain("post");
  await user.click(screen.getByRole("button", { name: "Raw" }));
  expect(screen.getByLabelText("Raw stack trace")).toHaveTextContent("Caused by: GatewayError");
  await user.click(screen.getByRole("button", { name: "Copy" }));
  expect(await navigator.clipboard.readText()).toContain("at confirm_order (shop/checkout/charge.py:118)");
});

test("what was removed is a chip that names its rule", async () => {
  renderApp(path);
  await loaded();
  expect(screen.getAllByTitle("card replaced by rule default/card")[0]).toHaveTextContent("[card]");
  expect(within(screen.getByRole("table", { name: "Redactions" })).getByText("request.env.REMOTE_ADDR")).toBeVisible();
});

test("event text stays text", async () => {
  const { container } = renderApp(path);
  await loaded();
  expect(screen.getByText("<img src=x onerror=alert(1)> stays text")).toBeVisible();
  expect(container.querySelector("img")).toBeNull();
  expect(container.querySelector(`a[href*="gateway.example"], a[href*="northwind.example"]`)).toBeNull();
});

test("resolving shows at once and can be undone by key", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("*/api/v1/issues/:issue_id", async ({ request }) => {
      const body = await request.json();
      sent.push(body);
      const status = sent.length === 1 ? "resolved" : "unresolved";
      server.use(http.get("*/api/v1/issues/:issue_id", () => HttpResponse.json({ ...issueDetail, status })));
      return HttpResponse.json({ ...issueDetail, status });
    }),
  );
  const { user } = renderApp(path);
  await loaded();
  await user.click(screen.getByRole("button", { name: "Resolve" }));
  expect(await screen.findByText("Resolved")).toBeVisible();
  await user.keyboard("r");
  expect(await screen.findByRole("button", { name: "Resolve" })).toBeVisible();
  await waitFor(() => expect(sent).toEqual([{ status: "resolved" }, { status: "unresolved" }]));
});

test("one walks from event to event, and the address follows", async () => {
  const { user } = renderApp(path);
  await loaded();
  expect(screen.getByRole("button", { name: "Latest event" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Previous (older) event" }));
  await waitFor(() => expect(window.location.search).toBe(`?event=${eventDetail.previous_event_id}`));
  await screen.findByTitle(eventDetail.previous_event_id ?? "");
  await user.keyboard("j");
  await waitFor(() => expect(window.location.search).toBe(`?event=${eventDetail.event.event_id}`));
});

test("breadcrumbs are newest first and filtered by level", async () => {
  const { user } = renderApp(path);
  await loaded();
  const region = within(screen.getByRole("region", { name: "Breadcrumbs" }));
  expect(region.getAllByRole("listitem")[0]).toHaveTextContent("POST https://gateway.example/v1/charges 402 Payment Required");
  await user.click(region.getByRole("button", { name: "Level: all" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "warning" }));
  expect(region.getAllByRole("listitem")).toHaveLength(1);
});

test("Markdown for a ticket keeps event text inside fences", async () => {
  const { user } = renderApp(path);
  await loaded();
  await user.click(screen.getByRole("button", { name: "Markdown" }));
  const markdown = await navigator.clipboard.readText();
  expect(markdown).toContain("# SHOP-412");
  expect(markdown).toContain("```\nPaymentDeclined: Card [card] was declined");
});

test("the chart has a table as its twin", async () => {
  const { user } = renderApp(path);
  await loaded();
  await user.click(screen.getByRole("button", { name: "Table" }));
  expect(screen.getByRole("table", { name: "Events over time" })).toBeVisible();
});

test("threads without an exception are shown, the crashed one first", async () => {
  const threads = [
    { id: "1", name: "main", crashed: false, current: false, main: true, state: "waiting", frames: [] },
    { id: "7", name: "worker-7", crashed: true, current: true, main: false, state: "runnable", frames: eventDetail.event.exceptions[0]?.frames ?? [] },
  ];
  server.use(http.get("*/api/v1/issues/:issue_id/events/latest", () => HttpResponse.json({ ...eventDetail, event: { ...eventDetail.event, exceptions: [], threads } })));
  const { user } = renderApp(path);
  await user.click(await screen.findByRole("button", { name: "Thread: worker-7" }));
  await user.click(await screen.findByRole("menuitemradio", { name: /main/ }));
  expect(screen.getByText("No frames were sent for this thread.")).toBeVisible();
});

test("an issue of somebody else is not found; a broken event does not take the issue with it", async () => {
  server.use(http.get("*/api/v1/issues/:issue_id", () => problem(404, "not_found")));
  const { unmount } = renderApp(path);
  expect(await screen.findByRole("heading", { name: "Not found" })).toBeVisible();
  unmount();
  server.resetHandlers();
  server.use(http.get("*/api/v1/issues/:issue_id/events/latest", () => problem(422, "sealed")));
  renderApp(path);
  expect(await screen.findByRole("heading", { name: "Could not load this event" })).toBeVisible();
  expect(screen.getByRole("heading", { name: "PaymentDeclined" })).toBeVisible();
});

test("the way back leads to what was searched for", async () => {
  const { user } = renderApp("/projects/482913/issues?query=level:error");
  await user.click((await screen.findAllByRole("link", { name: "PaymentDeclined" }))[0] ?? document.body);
  await loaded();
  await user.keyboard("u");
  await screen.findByRole("combobox", { name: "Search issues" });
  expect(window.location.search).toBe("?query=level:error");
});

import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { violations } from "../../testing/axe";
import { issueDetail } from "../../testing/fixtures/issues";
import { renderApp } from "../../testing/render-app";
import { shortcutIds, shortcuts } from "../../ui/shortcuts/registry";

const pages: [string, string][] = [
  ["/sign-in", "Sign in"],
  ["/projects/482913/issues", "Issues"],
  [`/projects/482913/issues/${issueDetail.id}`, "Stack trace"],
  ["/projects/482913/first-steps", "Send your first event"],
  ["/projects/482913/usage", "By category, outcome and reason"],
  ["/projects/482913/settings/keys", "Before the rotation"],
  ["/organization/api-keys", "Valid keys"],
  ["/projects/new", "New project"],
  ["/nowhere", "There is no such page"],
];

test.each(pages)("axe finds nothing on %s", async (path, heading) => {
  renderApp(path);
  await screen.findByRole("heading", { name: heading });
  if (path.endsWith("/issues")) await screen.findByText("SHOP-412");
  expect(await violations(document.body)).toEqual([]);
});

test("the sheet lists every shortcut of the registry", async () => {
  const { user } = renderApp("/projects/482913/issues");
  await screen.findByText("SHOP-412");
  await user.keyboard("?");
  const sheet = within(screen.getByRole("dialog", { name: "Keyboard shortcuts" }));
  for (const id of shortcutIds) expect(sheet.getByText(shortcuts[id].label)).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
  await user.click(sheet.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("the palette jumps to pages and searches for words", async () => {
  const { user } = renderApp("/projects/482913/issues");
  await screen.findByText("SHOP-412");
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("usa{Enter}");
  expect(await screen.findByRole("heading", { name: "Usage" })).toBeVisible();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("card declined{Enter}");
  expect(await screen.findByText("SHOP-412")).toBeVisible();
  expect(window.location.search).toBe("?query=card+declined");
});

test("the theme is chosen and kept", async () => {
  const { user } = renderApp("/projects/482913/issues");
  await user.click(await screen.findByRole("button", { name: /Theme: as the system/ }));
  await user.click(screen.getByRole("button", { name: /Theme: light/ }));
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(localStorage.getItem("errata-theme")).toBe("dark");
});

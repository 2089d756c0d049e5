import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { session } from "../../testing/fixtures/organization";
import { problem } from "../../testing/handlers";
import { renderApp } from "../../testing/render-app";
import { server } from "../../testing/server";

const signedOut = http.get("*/api/v1/auth/session", () => problem(401, "not_signed_in"));

test("whoever is signed out signs in and comes back to where they wanted to go", async () => {
  let credentials: unknown;
  let csrf: string | null = null;
  server.use(
    signedOut,
    http.post("*/api/v1/auth/login", async ({ request }) => {
      credentials = await request.json();
      csrf = request.headers.get("X-CSRF");
      server.use(http.get("*/api/v1/auth/session", () => HttpResponse.json(session)));
      return HttpResponse.json(session);
    }),
  );
  const { user } = renderApp("/projects/482913/usage?period=7d");
  await user.type(await screen.findByLabelText("E-mail"), "mara@northwind.example");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "Usage" })).toBeVisible();
  expect(window.location.pathname + window.location.search).toBe("/projects/482913/usage?period=7d");
  expect(credentials).toEqual({ email: "mara@northwind.example", password: "correct horse" });
  expect(csrf).toBe("1");
});

test("a wrong password is said so, without the server's words", async () => {
  server.use(signedOut, http.post("*/api/v1/auth/login", () => problem(401, "bad_credentials", { detail: "user 17 has another hash" })));
  const { user } = renderApp("/sign-in");
  await user.type(await screen.findByLabelText("E-mail"), "mara@northwind.example");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByText("E-mail and password do not match.")).toBeVisible();
  expect(screen.queryByText(/another hash/)).not.toBeInTheDocument();
});

test.each(["//evil.example/x", "https://evil.example", "/\\evil.example"])("next=%s does not lead away", async (next) => {
  const { user } = renderApp(`/sign-in?next=${encodeURIComponent(next)}`);
  await user.type(await screen.findByLabelText("E-mail"), "mara@northwind.example");
  await user.type(screen.getByLabelText("Password"), "correct horse{Enter}");
  await waitFor(() => expect(window.location.pathname).toBe("/projects/482913/issues"));
});

test("a session which ends meanwhile leads to signing in", async () => {
  const { user } = renderApp("/projects/482913/issues");
  await screen.findByText("SHOP-412");
  server.use(signedOut, http.patch("*/api/v1/issues/:issue_id", () => problem(401, "not_signed_in")));
  await user.keyboard("jr");
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(window.location.search).toBe("?next=%2Fprojects%2F482913%2Fissues");
});

test("signing out", async () => {
  const { user } = renderApp("/projects/482913/issues");
  await user.click(await screen.findByRole("button", { name: "Account of Mara Lindqvist" }));
  server.use(signedOut);
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
});

import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../app/app";

/** The whole dashboard at an address, against the mocked network. */
export function renderApp(path: string) {
  window.history.replaceState(null, "", path);
  const user = userEvent.setup();
  return { user, ...render(<App />) };
}

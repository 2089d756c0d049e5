const linksIn = (body: HTMLElement | null): HTMLAnchorElement[] => [...(body?.querySelectorAll<HTMLAnchorElement>("a[data-row-link]") ?? [])];

export function focusedIssueId(body: HTMLElement | null): string | null {
  const row = document.activeElement?.closest<HTMLElement>("tr[data-issue-id]");
  return row !== null && row !== undefined && body?.contains(row) === true ? (row.dataset["issueId"] ?? null) : null;
}

const focusedIndex = (body: HTMLElement | null): number => linksIn(body).findIndex((link) => link.closest("tr")?.contains(document.activeElement));

export function focusRow(body: HTMLElement | null, index: number): void {
  const links = linksIn(body);
  const link = links[Math.max(0, Math.min(index, links.length - 1))];
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

export function focusNeighbour(body: HTMLElement | null, distance: 1 | -1): void {
  focusRow(body, focusedIndex(body) + distance);
}

/** Keeps the reader's place when the focused row is about to leave the list. */
export function keepFocusPlace(body: HTMLElement | null): void {
  const index = focusedIndex(body);
  if (index < 0) return;
  window.requestAnimationFrame(() => {
    if (focusedIndex(body) < 0) focusRow(body, index);
  });
}

export function openFocusedRow(body: HTMLElement | null): void {
  linksIn(body)[focusedIndex(body)]?.click();
}

type Shortcut = { keys: readonly string[]; label: string; group: "Anywhere" | "Issue list" | "Issue" };

/** Every shortcut there is: the sheet, the hints and the listener all read this list. `Mod` is ⌘ on Apple machines, Ctrl elsewhere. */
export const shortcuts = {
  palette: { keys: ["Mod+k"], label: "Search or jump to …", group: "Anywhere" },
  focusSearch: { keys: ["/"], label: "Focus the search bar", group: "Anywhere" },
  sheet: { keys: ["?"], label: "Show this sheet", group: "Anywhere" },
  nextIssue: { keys: ["j"], label: "Next issue", group: "Issue list" },
  previousIssue: { keys: ["k"], label: "Previous issue", group: "Issue list" },
  selectIssue: { keys: ["x"], label: "Select the issue", group: "Issue list" },
  openIssue: { keys: ["o"], label: "Open the issue", group: "Issue list" },
  resolve: { keys: ["r"], label: "Resolve, or unresolve what is resolved", group: "Issue" },
  ignore: { keys: ["i", "a"], label: "Ignore, or stop ignoring", group: "Issue" },
  olderEvent: { keys: ["k"], label: "Previous (older) event", group: "Issue" },
  newerEvent: { keys: ["j"], label: "Next (newer) event", group: "Issue" },
  backToList: { keys: ["u"], label: "Back to the issue list", group: "Issue" },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;

export const shortcutIds = Object.keys(shortcuts).filter((id): id is ShortcutId => id in shortcuts);

const isApple = /mac|iphone|ipad/i.test(navigator.userAgent);

export const keyLabel = (key: string): string => key.replace("Mod+", isApple ? "⌘" : "Ctrl ").replace(/[a-z]$/, (letter) => letter.toUpperCase());

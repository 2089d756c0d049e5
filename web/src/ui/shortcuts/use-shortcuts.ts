import { useEffect, useRef } from "react";
import { shortcutIds, shortcuts, type ShortcutId } from "./registry";

type Handlers = Partial<Record<ShortcutId, () => void>>;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

const isCovered = (target: EventTarget | null): boolean => document.querySelector("dialog[open]") !== null || (target instanceof Element && target.closest("[role=menu]") !== null);

function matches(key: string, event: KeyboardEvent): boolean {
  const hasModifier = event.metaKey || event.ctrlKey;
  if (key.startsWith("Mod+")) return hasModifier && !event.altKey && event.key.toLowerCase() === key.slice(4);
  return !hasModifier && !event.altKey && event.key === key;
}

/** Binds handlers to the registry's keys while the component is mounted. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);

  // Follows the newest handlers without binding the listener again.
  useEffect(() => {
    latest.current = handlers;
  });

  // Follows the keyboard, which belongs to the document.
  useEffect(() => {
    const handleKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isCovered(event.target)) return;
      for (const id of shortcutIds) {
        const handler = latest.current[id];
        const key = shortcuts[id].keys.find((candidate) => matches(candidate, event));
        if (handler === undefined || key === undefined) continue;
        if (isTyping(event.target) && !key.startsWith("Mod+")) continue;
        event.preventDefault();
        handler();
        return;
      }
    };
    document.addEventListener("keydown", handleKeyDown);
    return () => document.removeEventListener("keydown", handleKeyDown);
  }, []);
}

import { useSyncExternalStore } from "react";

const tickMs = 15_000;
let now = new Date();
let timer: number | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = new Date();
    timer = window.setInterval(() => {
      now = new Date();
      listeners.forEach((notify) => notify());
    }, tickMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

/** One clock for every relative time on the page. */
export const useNow = (): Date => useSyncExternalStore(subscribe, () => now);

import { useEffect } from "react";

export function usePageTitle(title: string): void {
  // Follows the browser tab's title.
  useEffect(() => {
    document.title = `${title} · Errata`;
  }, [title]);
}

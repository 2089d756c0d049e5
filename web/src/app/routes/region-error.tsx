import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "../../ui/failure";

/** What a broken page region shows; the shell around it stays. */
export function RegionError({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} subject="this page" onRetry={reset} />;
}

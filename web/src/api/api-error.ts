/** The one error which the API client throws. `code` is stable and safe to show; `detail` is written by our own server. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly position: number | null;

  constructor(problem: { status: number; code: string; detail?: string | null; position?: number | null }) {
    super(`${problem.status} ${problem.code}`);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail ?? null;
    this.position = problem.position ?? null;
  }
}

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;

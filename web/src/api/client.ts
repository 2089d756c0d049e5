import createClient from "openapi-fetch";
import { ApiError } from "./api-error";
import type { paths } from "./schema";

// X-CSRF proves to the server that the request came from a script of our own origin.
export const client = createClient<paths>({ baseUrl: window.location.origin, headers: { "X-CSRF": "1" }, credentials: "same-origin" });

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

const readText = (value: unknown): string | null => (typeof value === "string" ? value : null);
const readNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);

function toApiError(error: unknown, response: Response): ApiError {
  const problem: Record<string, unknown> = typeof error === "object" && error !== null ? { ...error } : {};
  return new ApiError({
    status: response.status,
    code: readText(problem["code"]) ?? `http_${response.status}`,
    detail: readText(problem["detail"]),
    position: readNumber(problem["position"]),
  });
}

async function settle<Data>(request: Promise<Answer<Data>>): Promise<Answer<Data>> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "unreachable" });
  }
  if (!answer.response.ok) throw toApiError(answer.error, answer.response);
  return answer;
}

/** The body of a good answer; everything else is thrown as an ApiError. */
export async function dataOf<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  const { data, response } = await settle(request);
  if (data === undefined) throw new ApiError({ status: response.status, code: "empty_answer" });
  return data;
}

/** For answers without a body. */
export async function settled(request: Promise<Answer<unknown>>): Promise<void> {
  await settle(request);
}

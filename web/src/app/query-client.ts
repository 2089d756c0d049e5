import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isApiError } from "../api/api-error";
import { sessionKey } from "../api/session-query";

const mostRetries = 2;

const isSessionOver = (error: unknown): boolean => isApiError(error) && error.status === 401;

/** `onSignedOut` is called when the server no longer knows the session. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const handleError = (error: unknown) => {
    if (isSessionOver(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => (query.queryKey[0] === sessionKey[0] ? undefined : handleError(error)) }),
    mutationCache: new MutationCache({ onError: (error, _variables, _result, mutation) => (mutation.options.meta?.["isSignIn"] === true ? undefined : handleError(error)) }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < mostRetries && isApiError(error) && (error.status === 0 || error.status >= 500),
        refetchOnWindowFocus: true,
      },
    },
  });
}

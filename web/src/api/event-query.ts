import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { issueKey, organizationKey } from "./query-keys";

export const eventQuery = (organizationId: string, eventId: string) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "event", eventId],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/events/{event_id}", { params: { path: { event_id: eventId } }, signal })),
    staleTime: 60_000,
  });

export const latestEventQuery = (organizationId: string, issueId: string) =>
  queryOptions({
    queryKey: [...issueKey(organizationId, issueId), "latest-event"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/issues/{issue_id}/events/latest", { params: { path: { issue_id: issueId } }, signal })),
    staleTime: 10_000,
  });

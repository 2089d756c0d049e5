import { useQuery } from "@tanstack/react-query";
import { eventQuery, latestEventQuery } from "../../api/event-query";
import { EventView } from "../../features/event/event-view";
import { useSession } from "../../session/session-context";
import { Failure } from "../../ui/failure";
import { Skeleton } from "../../ui/skeleton";

type Props = { issueId: string; eventId: string | null; shortId: string; onGo: (eventId: string) => void };

export function EventRegion({ issueId, eventId, shortId, onGo }: Props) {
  const { organizationId } = useSession();
  const latest = useQuery({ ...latestEventQuery(organizationId, issueId), enabled: eventId === null });
  const chosen = useQuery({ ...eventQuery(organizationId, eventId ?? ""), enabled: eventId !== null });
  const { data, error, isPending, refetch } = eventId === null ? latest : chosen;
  if (isPending) return <Skeleton rows={6} label="Loading the event" />;
  if (data === undefined) return <Failure error={error} subject="this event" onRetry={() => void refetch()} />;
  return <EventView detail={data} shortId={shortId} onGo={onGo} />;
}

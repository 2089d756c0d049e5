import { useQuery } from "@tanstack/react-query";
import { outcomesQuery } from "../../api/outcomes-query";
import type { Period } from "../../api/types";
import { useSession } from "../../session/session-context";
import { Failure } from "../../ui/failure";
import { Notice } from "../../ui/notice";
import { Panel } from "../../ui/panel";
import { Segments } from "../../ui/segments";
import { Skeleton } from "../../ui/skeleton";
import { Stack } from "../../ui/stack";
import { OutcomeBars } from "./outcome-bars";
import { OutcomeTable } from "./outcome-table";

type Props = { projectId: string; period: Period; onPeriod: (period: Period) => void };

const periods = [
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 d" },
  { value: "14d", label: "14 d" },
  { value: "30d", label: "30 d" },
] as const;

export function UsageOverview({ projectId, period, onPeriod }: Props) {
  const { organizationId } = useSession();
  const outcomes = useQuery(outcomesQuery(organizationId, projectId, period));
  const rows = [...(outcomes.data ?? [])].sort((a, b) => b.quantity - a.quantity);
  return (
    <Stack gap="2xl">
      <Panel title="What became of every item" actions={<Segments label="Period" value={period} segments={periods} onChange={onPeriod} />}>
        {outcomes.isPending && <Skeleton rows={4} height="line" label="Loading usage" />}
        {outcomes.isError && <Failure error={outcomes.error} subject="the usage" onRetry={() => void outcomes.refetch()} />}
        {outcomes.isSuccess && rows.length === 0 && (
          <Notice icon="inbox" title="Nothing was received">
            No SDK has sent anything to this project in this period.
          </Notice>
        )}
        {rows.length > 0 && <OutcomeBars rows={rows} />}
      </Panel>
      {rows.length > 0 && (
        <Panel title="By category, outcome and reason">
          <OutcomeTable rows={rows} />
        </Panel>
      )}
    </Stack>
  );
}

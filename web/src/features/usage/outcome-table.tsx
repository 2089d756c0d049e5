import type { OutcomeRow } from "../../api/types";
import { formatNumber } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { DataTable } from "../../ui/data-table";
import { ShareBar } from "../../ui/share-bar";
import { outcomeWord, readable } from "./outcome-words";

type Props = { rows: readonly OutcomeRow[] };

export function OutcomeTable({ rows }: Props) {
  const highest = Math.max(1, ...rows.map(({ quantity }) => quantity));
  return (
    <DataTable
      caption="Outcomes"
      columns={[{ title: "Category" }, { title: "Outcome" }, { title: "Reason" }, { title: "Share", isWide: true }, { title: "Quantity", isNumber: true }]}
      rows={rows.map(({ category, outcome, reason, quantity }) => ({
        key: `${category}/${outcome}/${reason}`,
        cells: [readable(category), outcomeWord(outcome), reason === "" ? "–" : readable(reason), <ShareBar key="bar" share={quantity / highest} />, formatNumber(quantity, readerLocale)],
      }))}
    />
  );
}

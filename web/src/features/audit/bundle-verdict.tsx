import { assertNever } from "../../format/assert-never";
import { formatNumber, plural } from "../../format/numbers";
import { readerLocale, readerTimeZone } from "../../format/reader-locale";
import { formatAbsolute } from "../../format/times";
import { classNames } from "../../ui/class-names";
import { Icon, type IconName } from "../../ui/icon";
import styles from "./audit-dialog.module.css";
import type { Verdict } from "./verify/judge-bundle";
import type { Report } from "./verify/verify-bundle";

export type Verification = { state: "none" } | { state: "running"; name: string; done: number; total: number } | (Verdict & { name: string; isServersKey: boolean });
type Props = { verification: Verification };

const number = (value: number): string => formatNumber(value, readerLocale);
const moment = (time: string): string => formatAbsolute(new Date(time), readerTimeZone, readerLocale);

function provenFacts(report: Report): string[] {
  const { entries, treeSize, firstIndex, lastIndex, olderSize } = report;
  const time = [report.since === null ? "" : `from ${moment(report.since)}`, report.until === null ? "" : `until before ${moment(report.until)}`].filter(Boolean).join(" ");
  const places = lastIndex < firstIndex ? "The range is empty" : `All of entries ${number(firstIndex)} to ${number(lastIndex)} are here, none left out`;
  return [
    `The checkpoint over ${number(treeSize)} ${plural(treeSize, "entry", "entries")} of ${report.origin} is signed by a trusted key.`,
    `${number(entries)} of ${number(entries)} ${plural(entries, "entry is", "entries are")} in that tree, unaltered.`,
    report.isFiltered ? "The export is filtered: what the filter left out cannot be seen from here." : `${places}${time === "" ? "" : `: ${time}`}.`,
    `The log continues the older checkpoint over ${number(olderSize)} ${plural(olderSize, "entry", "entries")}: nothing before it was rewritten.`,
    ...(report.disclosures === 0 ? [] : [`${number(report.disclosures)} disclosed personal ${plural(report.disclosures, "field is", "fields are")} what the entries were made with.`]),
    ...(report.prunedBelow === 0 ? [] : [`Entries below ${number(report.prunedBelow)} were pruned by retention: of them only the hashes are left.`]),
    "The table (entries.csv) and the tiles were compared with the manifest only; “errata audit verify” checks them, too.",
  ];
}

export function BundleVerdict({ verification }: Props) {
  switch (verification.state) {
    case "none":
      return null;
    case "running":
      return (
        <p>
          Verifying {verification.name} … {verification.total > 0 && `${number(verification.done)} of ${number(verification.total)} entries`}
        </p>
      );
    case "proven":
      return (
        <Result tone="proven" icon="check" title={`${verification.name} is proven`}>
          <ul>
            {provenFacts(verification.report).map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
            {verification.isServersKey && <li>The key came from this server: this shows that the bundle is whole, not that the server is honest.</li>}
          </ul>
        </Result>
      );
    case "refuted":
      return (
        <Result tone="refuted" icon="warning" title={`${verification.name} does not prove what it claims`}>
          <p>
            {verification.index === null ? "" : `First bad entry: ${verification.index}. `}
            {verification.what.charAt(0).toUpperCase() + verification.what.slice(1)}.
          </p>
        </Result>
      );
    case "unknown":
      return (
        <Result tone="unknown" icon="warning" title="Cannot tell">
          <p>{verification.what}</p>
        </Result>
      );
    default:
      return assertNever(verification);
  }
}

type ResultProps = { tone: "proven" | "refuted" | "unknown"; icon: IconName; title: string; children: React.ReactNode };

function Result({ tone, icon, title, children }: ResultProps) {
  return (
    <section className={classNames(styles["verdict"], styles[tone])} aria-label="Verdict">
      <h3>
        <Icon name={icon} /> {title}
      </h3>
      {children}
    </section>
  );
}

export const formatNumber = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

/** 1 234 -> "1.2K"; for narrow columns, with the exact number beside it in a title. */
export const formatCompact = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: value < 10_000 ? 1 : 0 }).format(value);

const smallestShare = 0.01;

/** "42%"; what is little but not nothing reads "<1%". */
export function formatShare(part: number, whole: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const share = whole === 0 ? 0 : part / whole;
  return share > 0 && share < smallestShare ? `<${format.format(smallestShare)}` : format.format(share);
}

export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** 1 536 -> "1.5 kB". */
export function formatBytes(bytes: number, locale: string): string {
  const step = bytes < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, { style: "unit", unit: byteUnits[step] ?? "byte", maximumFractionDigits: 1 }).format(bytes / 1_000 ** step);
}

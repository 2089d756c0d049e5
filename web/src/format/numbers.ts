export const formatNumber = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

/** 1 234 -> "1.2K"; for narrow columns, with the exact number beside it in a title. */
export const formatCompact = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: value < 10_000 ? 1 : 0 }).format(value);

export const formatShare = (part: number, whole: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(whole === 0 ? 0 : part / whole);

export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

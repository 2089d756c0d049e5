/** The reader's own locale and zone, read once at the edge: the functions of format/ take them as arguments. */
export const readerLocale = navigator.language;
export const readerTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

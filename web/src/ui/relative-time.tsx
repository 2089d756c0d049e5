import { readerLocale, readerTimeZone } from "../format/reader-locale";
import { formatAbsolute, formatAge, formatRelative } from "../format/times";
import { useNow } from "./clock";

type Props = { time: string; isShort?: boolean };

export function RelativeTime({ time, isShort = false }: Props) {
  const now = useNow();
  const date = new Date(time);
  return (
    <time dateTime={time} title={formatAbsolute(date, readerTimeZone, readerLocale)}>
      {isShort ? formatAge(date, now) : formatRelative(date, now, readerLocale)}
    </time>
  );
}

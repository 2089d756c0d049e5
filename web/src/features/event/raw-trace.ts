import type { ExceptionValue, Frame } from "../../api/types";
import { orderExceptions } from "./exception-order";
import { frameFunction, frameLocation } from "./frame-names";

const rawFrame = (frame: Frame): string => {
  const head = `    at ${frameFunction(frame)} (${frameLocation(frame)})`;
  return frame.context_line === null || !frame.in_app ? head : `${head}\n        ${frame.context_line.trim()}`;
};

export const exceptionTitle = ({ type, value }: ExceptionValue): string => [type, value].filter((part) => part !== null && part !== "").join(": ");

const intro = { main: "", cause: "Caused by: ", member: "Member: ", consequence: "Led to: " } as const;

/** The trace as text to paste anywhere, newest call first. */
export function rawTrace(exceptions: readonly ExceptionValue[]): string {
  return orderExceptions(exceptions)
    .map(({ exception, relation }) => [intro[relation] + exceptionTitle(exception), ...[...exception.frames].reverse().map(rawFrame)].join("\n"))
    .join("\n\n");
}

import type { Frame } from "../../api/types";

export const frameFunction = (frame: Frame): string => frame.function ?? frame.instruction_address ?? "<anonymous>";

export const frameFile = (frame: Frame): string => frame.filename ?? frame.abs_path ?? frame.module ?? frame.package ?? "";

export function frameLocation(frame: Frame): string {
  const position = [frame.line_number, frame.column_number].filter((number) => number !== null).join(":");
  return [frameFile(frame), position].filter((part) => part !== "").join(":");
}

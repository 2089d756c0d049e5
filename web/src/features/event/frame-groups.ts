import type { Frame } from "../../api/types";

export type NumberedFrame = { frame: Frame; key: number };
export type FrameGroup = { kind: "own"; frame: NumberedFrame } | { kind: "library"; frames: NumberedFrame[]; names: string[] };

const shownNames = 3;

const libraryName = ({ module, package: owner, filename }: Frame): string | null => {
  if (module !== null && module !== "") return /^[\w@-]+(\/[\w-]+)?/.exec(module)?.[0] ?? module;
  const fromPath = /(?:node_modules|site-packages|gems|vendor)\/((?:@[\w.-]+\/)?[\w.-]+)/.exec(filename ?? "")?.[1];
  return fromPath ?? owner?.split("/").at(-1) ?? null;
};

const namesOf = (frames: readonly NumberedFrame[]): string[] => [...new Set(frames.map(({ frame }) => libraryName(frame)).filter((name) => name !== null))].slice(0, shownNames);

/** Frames in reading order; neighbouring library frames become one group. Without any own frame everything is shown. */
export function groupFrames(frames: readonly Frame[], order: "newest" | "oldest"): FrameGroup[] {
  const numbered = frames.map((frame, key) => ({ frame, key }));
  const ordered = order === "newest" ? numbered.reverse() : numbered;
  const hasOwn = frames.some(({ in_app }) => in_app);
  const groups: FrameGroup[] = [];
  for (const frame of ordered) {
    const last = groups.at(-1);
    if (frame.frame.in_app || !hasOwn) groups.push({ kind: "own", frame });
    else if (last?.kind === "library") last.frames.push(frame);
    else groups.push({ kind: "library", frames: [frame], names: [] });
  }
  return groups.map((group) => (group.kind === "library" ? { ...group, names: namesOf(group.frames) } : group));
}

const mostOpenFrames = 6;

/** Which frames stand open at first: own frames with something to see, newest first; else the newest frame. */
export function framesOpenAtFirst(frames: readonly Frame[], most = mostOpenFrames): Set<number> {
  const own = frames.map((frame, key) => ({ frame, key })).filter(({ frame }) => frame.in_app && hasDetails(frame));
  const open = own.slice(-most).map(({ key }) => key);
  return new Set(open.length > 0 || frames.length === 0 ? open : [frames.length - 1]);
}

export const hasDetails = (frame: Frame): boolean => frame.context_line !== null || Object.keys(frame.variables).length > 0;

import { BundleError } from "./bundle-error";
import { fileOf, readConsistency, readDisclosures, readEntry, readManifest, readProofs, readRange, type Entry, type ExportedRange, type Neighbour, type Proof } from "./bundle-shapes";
import { fromBase64Url, linesOf, sha256, textOf, toBase64Url, toHex, utf8, type Bytes } from "./bytes";
import { parseCanonical } from "./canonical";
import { createNodeHash, leafHash, ProofError, verifyConsistency, verifyInclusion, type Hash, type NodeHash } from "./merkle";
import { openNote, parseCheckpoint, type Checkpoint, type Verifier } from "./signed-note";
import type { Files } from "./zip-reader";

/** What was proven: entries firstIndex to lastIndex, all of them unless filtered; an empty range has lastIndex below firstIndex. */
export type Report = {
  origin: string;
  treeSize: number;
  olderSize: number;
  root: Hash;
  entries: number;
  firstIndex: number;
  lastIndex: number;
  isFiltered: boolean;
  since: string | null;
  until: string | null;
  prunedBelow: number;
  disclosures: number;
};

type Options = { trusted: readonly Verifier[]; onProgress?: (done: number, total: number) => void };
type Tree = { newest: Checkpoint; nodeHash: NodeHash };

const progressEvery = 100;

/** The manifest finds accidents early: it is not signed, the proofs are what counts. */
async function checkManifest(files: Files): Promise<void> {
  const manifest = readManifest(files);
  const listed = new Set(["manifest.json", ...manifest.map(([name]) => name)]);
  const unknown = [...files.keys()].find((name) => !listed.has(name));
  if (unknown !== undefined) throw new BundleError(`${unknown} is not in the manifest`);
  for (const [name, digest] of manifest) {
    if (toHex(await sha256(fileOf(files, name))) !== digest) throw new BundleError(`${name} differs from the manifest`);
  }
}

async function openCheckpoint(files: Files, name: string, trusted: readonly Verifier[]): Promise<Checkpoint> {
  let note: string;
  try {
    note = textOf(fileOf(files, name));
  } catch (error) {
    throw error instanceof BundleError ? error : new BundleError(`${name} is not UTF-8`);
  }
  const checkpoint = parseCheckpoint(await openNote(note, trusted));
  if (checkpoint === null) throw new BundleError(`${name} is no checkpoint`);
  return checkpoint;
}

async function checkConsistency(files: Files, older: Checkpoint, { newest, nodeHash }: Tree): Promise<void> {
  if (older.origin !== newest.origin) throw new BundleError("the checkpoints are of different logs");
  if (older.size > newest.size) throw new BundleError("the log is shorter than the older checkpoint says: its tail was cut off");
  const claim = readConsistency(files);
  if (claim.firstSize !== older.size || claim.secondSize !== newest.size) throw new BundleError("the consistency proof is for other checkpoints");
  try {
    await verifyConsistency({ firstSize: older.size, firstRoot: older.root, secondSize: newest.size, secondRoot: newest.root, proof: claim.proof }, nodeHash);
  } catch (error) {
    throw error instanceof ProofError ? new BundleError(`the log was rewritten before entry ${older.size}, which the older checkpoint covers: ${error.message}`) : error;
  }
}

/** The index is part of the hashed bytes, so nothing can be renumbered. */
async function checkEntry(line: Bytes, { index, proof }: Proof, { newest, nodeHash }: Tree): Promise<Entry> {
  const entry = readEntry(line);
  if (entry === null) throw new BundleError("it was altered: it is no entry of a log any more", index);
  if (entry.index !== index) throw new BundleError(`entry ${entry.index} stands in its place`, index);
  try {
    await verifyInclusion({ leaf: await leafHash(line), index, treeSize: newest.size, proof, root: newest.root }, nodeHash);
  } catch (error) {
    throw error instanceof ProofError ? new BundleError(error.message, index) : error;
  }
  return entry;
}

/** The range ends where it says: at the ends of the log, or at entries whose times lie outside. */
async function checkRange(range: ExportedRange, tree: Tree): Promise<void> {
  const { first, last, before, after, since, until } = range;
  const { size } = tree.newest;
  if (first < 0 || first > last + 1 || last >= size) throw new BundleError("the exported range lies outside of the log");
  const openAt = (neighbour: Neighbour, index: number) => {
    if (neighbour.index !== index) throw new BundleError("the neighbour of the range is another entry", index);
    return checkEntry(neighbour.entry, neighbour, tree);
  };
  if (before !== null) {
    const { sequencedAt } = await openAt(before, first - 1);
    if (since === null || sequencedAt >= since) throw new BundleError("it belongs to the time range, but is missing at its beginning", before.index);
  } else if (first !== 0 && first !== range.prunedBelow) {
    throw new BundleError("nothing shows that the range begins where it says", first - 1);
  }
  if (after !== null) {
    const { sequencedAt } = await openAt(after, last + 1);
    if (until === null || sequencedAt < until) throw new BundleError("it belongs to the time range, but is missing at its end", after.index);
  } else if (last + 1 !== size) {
    throw new BundleError("nothing shows that the range ends where it says", last + 1);
  }
}

function checkTime({ index, sequencedAt }: Entry, previous: Entry | undefined, { since, until }: ExportedRange): void {
  if (previous !== undefined && sequencedAt < previous.sequencedAt) throw new BundleError("its time lies before that of an earlier entry", index);
  if ((since !== null && sequencedAt < since) || (until !== null && sequencedAt >= until)) throw new BundleError("its time lies outside of the exported range", index);
}

/** Every exported entry, after its proof, its place and its time were checked. */
async function checkEntries(files: Files, range: ExportedRange, tree: Tree, onProgress: Options["onProgress"]): Promise<Entry[]> {
  const [lines, proofs] = [linesOf(fileOf(files, "entries.jsonl")), readProofs(files)];
  const entries: Entry[] = [];
  for (const [position, line] of lines.entries()) {
    const previous = entries.at(-1);
    const expected = previous === undefined ? range.first : previous.index + 1;
    const proof = proofs[position];
    if (proof === undefined) throw new BundleError("it has no inclusion proof", expected);
    if (proof.index < expected || (proof.index > expected && !range.isFiltered)) throw new BundleError("it is missing, or out of order", Math.min(expected, proof.index));
    const entry = await checkEntry(line, proof, tree);
    checkTime(entry, previous, range);
    entries.push(entry);
    if (entries.length % progressEvery === 0) onProgress?.(entries.length, lines.length);
  }
  const extra = proofs[lines.length];
  if (extra !== undefined) throw new BundleError("it is missing, though its proof is there", extra.index);
  const end = entries.at(-1)?.index ?? range.first - 1;
  if (end > range.last) throw new BundleError("it lies outside of the exported range", end);
  if (end < range.last && !range.isFiltered) throw new BundleError("it is missing at the end of the range", end + 1);
  return entries;
}

/** Each disclosure opens a digest inside its entry. Source: RFC 9901, 4.2.3. */
async function checkDisclosures(files: Files, entries: readonly Entry[]): Promise<number> {
  const disclosed = readDisclosures(files);
  const byIndex = new Map(entries.map((entry) => [entry.index, entry]));
  for (const { index, digest, disclosure, name, value } of disclosed) {
    const isOpened = toBase64Url(await sha256(utf8(disclosure))) === digest && byIndex.get(index)?.personal.includes(digest) === true;
    const bytes = fromBase64Url(disclosure);
    const content = bytes === null ? null : parseCanonical(bytes)?.value;
    const isTold = Array.isArray(content) && content[1] === name && content[2] === value;
    if (!isOpened || !isTold) throw new BundleError("a disclosed personal field is not what the entry was made with", index);
  }
  return disclosed.length;
}

/** What the bundle proves under these keys. Throws BundleError with the first thing that is wrong. */
export async function verifyBundle(files: Files, { trusted, onProgress }: Options): Promise<Report> {
  await checkManifest(files);
  const newest = await openCheckpoint(files, "checkpoint", trusted);
  const older = await openCheckpoint(files, "checkpoint.previous", trusted);
  const tree: Tree = { newest, nodeHash: createNodeHash() };
  await checkConsistency(files, older, tree);
  const range = readRange(files);
  await checkRange(range, tree);
  const entries = await checkEntries(files, range, tree, onProgress);
  return {
    origin: newest.origin,
    treeSize: newest.size,
    olderSize: older.size,
    root: newest.root,
    entries: entries.length,
    firstIndex: range.first,
    lastIndex: range.last,
    isFiltered: range.isFiltered,
    since: range.since,
    until: range.until,
    prunedBelow: range.prunedBelow,
    disclosures: await checkDisclosures(files, entries),
  };
}

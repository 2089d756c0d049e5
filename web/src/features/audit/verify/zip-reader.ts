import { BundleError, UnsupportedError } from "./bundle-error";
import { textOf, type Bytes } from "./bytes";

export type Files = ReadonlyMap<string, Bytes>;

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const longestComment = 0xffff;
const zip64Mark = 0xffffffff;
const largestTotal = 256 * 1024 * 1024; // unpacked: what a browser tab holds without trouble
const stored = 0;
const deflated = 8;

type Entry = { name: string; method: number; packedSize: number; size: number; offset: number };

const tooLarge = () => new UnsupportedError("This bundle is too large for a browser. Verify it with the “errata audit verify” command.");

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - endLength - longestComment);
  for (let at = view.byteLength - endLength; at >= lowest; at--) if (view.getUint32(at, true) === endSignature) return at;
  throw new BundleError("the file is no zip archive");
}

function readEntry(archive: Bytes, view: DataView, at: number): { entry: Entry; next: number } {
  if (view.getUint32(at, true) !== centralSignature) throw new BundleError("the zip archive is damaged");
  const nameLength = view.getUint16(at + 28, true);
  const entry = {
    name: textOf(archive.subarray(at + 46, at + 46 + nameLength)),
    method: view.getUint16(at + 10, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
  if ([entry.packedSize, entry.size, entry.offset].includes(zip64Mark)) throw tooLarge();
  return { entry, next: at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true) };
}

function readDirectory(archive: Bytes, view: DataView): Entry[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count === longestComment) throw tooLarge();
  const entries: Entry[] = [];
  for (let at = view.getUint32(end + 16, true); entries.length < count; ) {
    const { entry, next } = readEntry(archive, view, at);
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** Stops at the size which the directory states: what is packed may lie about itself. */
async function inflate(packed: Bytes, entry: Entry): Promise<Bytes> {
  const target = new Uint8Array(entry.size);
  let filled = 0;
  const source = new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(packed);
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (filled + step.value.length > entry.size) {
      await reader.cancel();
      throw new BundleError(`${entry.name} is larger than the archive says`);
    }
    target.set(step.value, filled);
    filled += step.value.length;
  }
  if (filled !== entry.size) throw new BundleError(`${entry.name} is shorter than the archive says`);
  return target;
}

async function unpack(archive: Bytes, view: DataView, entry: Entry): Promise<Bytes> {
  if (view.getUint32(entry.offset, true) !== localSignature) throw new BundleError("the zip archive is damaged");
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = archive.subarray(start, start + entry.packedSize);
  if (packed.length !== entry.packedSize) throw new BundleError(`${entry.name} is cut off`);
  if (entry.method === stored) return packed;
  if (entry.method !== deflated) throw new BundleError(`${entry.name} is packed in an unknown way`);
  try {
    return await inflate(packed, entry);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`${entry.name} is damaged`);
  }
}

/** The files of a zip archive by name: stored or deflated, without encryption and without zip64. */
export async function readZip(archive: Bytes): Promise<Files> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    const entries = readDirectory(archive, view);
    if (entries.reduce((sum, { size }) => sum + size, 0) > largestTotal) throw tooLarge();
    const files = new Map<string, Bytes>();
    for (const entry of entries) {
      if (files.has(entry.name)) throw new BundleError(`the archive holds two files called ${entry.name}`);
      files.set(entry.name, await unpack(archive, view, entry));
    }
    return files;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new BundleError("the zip archive is damaged");
    throw error;
  }
}

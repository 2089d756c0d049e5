import { expect, test } from "vitest";
import { fromBase64, join, linesOf, sha256, textOf, toHex, utf8, type Bytes } from "./bytes";
import example from "./example-bundle.json";
import { parseVkey, type Verifier } from "./signed-note";
import { verifyBundle } from "./verify-bundle";
import { readZip, type Files } from "./zip-reader";

const zip = fromBase64(example.zip) ?? new Uint8Array();

async function keyOf(vkey: string): Promise<Verifier> {
  const verifier = await parseVkey(vkey);
  if (verifier === null) throw new Error("the example's key is malformed");
  return verifier;
}

const toLines = (lines: readonly Bytes[]): Bytes => join(...lines.flatMap((line) => [line, utf8("\n")]));

/** What a forger would do: change a file, and bring the manifest in line. */
async function tamper(name: string, change: (content: Bytes) => Bytes): Promise<Files> {
  const files = new Map(await readZip(zip));
  const content = change(files.get(name) ?? new Uint8Array());
  files.set(name, content);
  const manifest = JSON.parse(textOf(files.get("manifest.json") ?? utf8("{}"))) as Record<string, string>;
  files.set("manifest.json", utf8(JSON.stringify({ ...manifest, [name]: toHex(await sha256(content)) })));
  return files;
}

const onLines = (change: (lines: Bytes[]) => Bytes[]) => (content: Bytes) => toLines(change(linesOf(content)));
const onText = (from: string, to: string) => (content: Bytes) => utf8(textOf(content).replace(from, to));
const verify = async (files: Files) => verifyBundle(files, { trusted: [await keyOf(example.vkey)] });
const altered = (lines: Bytes[], at: number) => lines.map((line, index) => (index === at ? utf8(textOf(line).replace("resolved", "reopened")) : line));

test("a bundle made by the server is proven", async () => {
  await expect(verify(await readZip(zip))).resolves.toMatchObject({
    treeSize: 21,
    olderSize: 6,
    entries: 10,
    firstIndex: 8,
    lastIndex: 17,
    isFiltered: false,
    since: "2026-11-22T09:08:01.000000Z",
    until: "2026-11-22T09:18:01.000000Z",
    disclosures: 1,
  });
});

test.each<[string, string, (content: Bytes) => Bytes, number | null]>([
  ["an altered entry", "entries.jsonl", onLines((lines) => altered(lines, 3)), 11],
  ["a deleted entry", "entries.jsonl", onLines((lines) => lines.toSpliced(4, 1)), 12],
  ["a deleted first entry", "entries.jsonl", onLines((lines) => lines.slice(1)), 8],
  ["a deleted last entry", "entries.jsonl", onLines((lines) => lines.slice(0, -1)), 17],
  ["reordered entries", "entries.jsonl", onLines((lines) => lines.toReversed()), 8],
  ["an added entry", "entries.jsonl", onLines((lines) => [...lines, ...lines.slice(-1)]), 18],
  ["white space in an entry", "entries.jsonl", onText('{"index":8', '{ "index":8'), 8],
  ["a repeated proof", "proofs.jsonl", onLines((lines) => [...lines.slice(0, 9), ...lines.slice(8, 9)]), 16],
  ["an altered proof", "proofs.jsonl", onText('"index":8,"proof":["', '"index":8,"proof":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","'), 8],
  ["a narrower range", "range.json", onText('"last":17', '"last":16'), 17],
  ["a wider range of time", "range.json", onText("09:08:01", "09:07:01"), 7],
  ["another older checkpoint", "checkpoint.previous", onText("\n6\n", "\n5\n"), null],
  ["an altered size", "checkpoint", onText("\n21\n", "\n20\n"), null],
  ["a consistency proof for other sizes", "consistency.json", onText('"first_size":6', '"first_size":5'), null],
  ["a broken consistency proof", "consistency.json", onText('"proof":["', '"proof":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","'), null],
  ["a false disclosure", "disclosures.jsonl", onText("10.0.0.7", "10.0.0.8"), 8],
])("%s is found", async (_name, file, change, index) => {
  await expect(verify(await tamper(file, change))).rejects.toMatchObject({ name: "BundleError", index });
});

test("entries and proofs that are left out together are missed", async () => {
  const files = new Map(await tamper("entries.jsonl", onLines((lines) => lines.toSpliced(4, 1))));
  const others = await tamper("proofs.jsonl", onLines((lines) => lines.toSpliced(4, 1)));
  files.set("proofs.jsonl", others.get("proofs.jsonl") ?? new Uint8Array());
  files.set("manifest.json", utf8("{}"));
  for (const name of files.keys()) if (name.startsWith("tile/") || name.endsWith(".txt") || name.endsWith(".csv")) files.delete(name);
  const digests = await Promise.all([...files].map(async ([name, content]) => [name, toHex(await sha256(content))] as const));
  files.set("manifest.json", utf8(JSON.stringify(Object.fromEntries(digests.filter(([name]) => name !== "manifest.json")))));
  await expect(verify(files)).rejects.toMatchObject({ name: "BundleError", index: 12 });
});

test("a key nobody trusts proves nothing, not even under the same name", async () => {
  const files = await readZip(zip);
  await expect(verifyBundle(files, { trusted: [await keyOf(example.stranger)] })).rejects.toMatchObject({ name: "BundleError", message: "a checkpoint is not signed by a key you trust" });
  await expect(parseVkey(example.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))).resolves.toBeNull();
  await expect(parseVkey("nonsense")).resolves.toBeNull();
});

test("a file which the manifest does not know or know otherwise is found", async () => {
  const files = new Map(await readZip(zip));
  files.set("entries.csv", utf8("other"));
  await expect(verify(files)).rejects.toThrow("entries.csv differs from the manifest");
  files.set("extra.txt", utf8(""));
  await expect(verify(files)).rejects.toThrow("extra.txt is not in the manifest");
});

test("what is no zip archive, or a damaged one, is said to be so", async () => {
  await expect(readZip(utf8("no archive"))).rejects.toThrow("the file is no zip archive");
  await expect(readZip(zip.slice(0, -30))).rejects.toThrow("the file is no zip archive");
  const damaged = zip.slice();
  damaged.fill(0xff, 60, 90);
  await expect(readZip(damaged)).rejects.toMatchObject({ name: "BundleError" });
});

test("a browser without Ed25519 is not an accusation", async () => {
  const subtle = Object.create(crypto.subtle, { importKey: { value: () => Promise.reject(new DOMException("", "NotSupportedError")) }, digest: { value: crypto.subtle.digest.bind(crypto.subtle) } }) as SubtleCrypto;
  const original = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: { subtle }, configurable: true });
  try {
    await expect(readZip(zip).then(verify)).rejects.toMatchObject({ name: "UnsupportedError" });
  } finally {
    if (original !== undefined) Object.defineProperty(globalThis, "crypto", original);
  }
});

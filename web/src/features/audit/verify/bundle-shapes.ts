import { BundleError } from "./bundle-error";
import { fromBase64, linesOf, textOf, type Bytes } from "./bytes";
import { parseCanonical } from "./canonical";
import type { Hash } from "./merkle";
import type { Files } from "./zip-reader";

export type Proof = { index: number; proof: Hash[] };
export type Neighbour = Proof & { entry: Bytes };
export type ExportedRange = {
  first: number;
  last: number;
  isFiltered: boolean;
  since: string | null;
  until: string | null;
  before: Neighbour | null;
  after: Neighbour | null;
  prunedBelow: number;
};
export type ConsistencyClaim = { firstSize: number; secondSize: number; proof: Hash[] };
export type DisclosedField = { index: number; digest: string; disclosure: string; name: string; value: string };
export type Entry = { index: number; sequencedAt: string; personal: string[] };

// One width and one zone, so that texts sort as the moments do.
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string");

export function fileOf(files: Files, name: string): Bytes {
  const file = files.get(name);
  if (file === undefined) throw new BundleError(`${name} is missing`);
  return file;
}

const malformed = (name: string) => new BundleError(`${name} is malformed`);

function parseFields(bytes: Bytes, name: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    throw malformed(name);
  }
  if (!isFields(value)) throw malformed(name);
  return value;
}

function integer(fields: Fields, key: string, name: string): number {
  const value = fields[key];
  if (!Number.isSafeInteger(value) || typeof value !== "number") throw malformed(name);
  return value;
}

function text(fields: Fields, key: string, name: string): string {
  const value = fields[key];
  if (typeof value !== "string") throw malformed(name);
  return value;
}

function texts(fields: Fields, key: string, name: string): string[] {
  const value = fields[key];
  if (!isTexts(value)) throw malformed(name);
  return value;
}

function optionalMoment(fields: Fields, key: string, name: string): string | null {
  const value = fields[key] ?? null;
  if (value === null) return null;
  if (typeof value !== "string" || !momentPattern.test(value)) throw malformed(name);
  return value;
}

export function readManifest(files: Files): [name: string, digest: string][] {
  const fields = parseFields(fileOf(files, "manifest.json"), "manifest.json");
  return Object.keys(fields).map((name) => [name, text(fields, name, "manifest.json")]);
}

const toProof = (fields: Fields, name: string): Proof => ({ index: integer(fields, "index", name), proof: texts(fields, "proof", name) });

function readNeighbour(value: unknown): Neighbour | null {
  if (value === null || value === undefined) return null;
  const entry = isFields(value) ? fromBase64(text(value, "entry", "range.json")) : null;
  if (!isFields(value) || entry === null) throw malformed("range.json");
  return { ...toProof(value, "range.json"), entry };
}

export function readRange(files: Files): ExportedRange {
  const name = "range.json";
  const fields = parseFields(fileOf(files, name), name);
  if (typeof fields["is_filtered"] !== "boolean") throw malformed(name);
  return {
    first: integer(fields, "first", name),
    last: integer(fields, "last", name),
    isFiltered: fields["is_filtered"],
    since: optionalMoment(fields, "since", name),
    until: optionalMoment(fields, "until", name),
    before: readNeighbour(fields["before"]),
    after: readNeighbour(fields["after"]),
    prunedBelow: fields["pruned_below"] === undefined ? 0 : integer(fields, "pruned_below", name),
  };
}

export function readConsistency(files: Files): ConsistencyClaim {
  const name = "consistency.json";
  const fields = parseFields(fileOf(files, name), name);
  return { firstSize: integer(fields, "first_size", name), secondSize: integer(fields, "second_size", name), proof: texts(fields, "proof", name) };
}

export function readProofs(files: Files): Proof[] {
  const name = "proofs.jsonl";
  return linesOf(fileOf(files, name)).map((line) => toProof(parseFields(line, name), name));
}

export function readDisclosures(files: Files): DisclosedField[] {
  const name = "disclosures.jsonl";
  return linesOf(files.get(name) ?? new Uint8Array()).map((line) => {
    const fields = parseFields(line, name);
    const read = (key: string) => text(fields, key, name);
    return { index: integer(fields, "index", name), digest: read("digest"), disclosure: read("disclosure"), name: read("name"), value: read("value") };
  });
}

/** Null for what is no entry. Index and time are inside the hashed bytes: neither can be changed without changing the leaf. */
export function readEntry(line: Bytes): Entry | null {
  const fields = parseCanonical(line)?.value;
  if (!isFields(fields) || typeof fields["index"] !== "number" || typeof fields["sequenced_at"] !== "string") return null;
  if (!momentPattern.test(fields["sequenced_at"])) return null;
  const personal = isFields(fields["record"]) && isTexts(fields["record"]["personal"]) ? fields["record"]["personal"] : [];
  return { index: fields["index"], sequencedAt: fields["sequenced_at"], personal };
}

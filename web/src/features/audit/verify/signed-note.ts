import { BundleError, UnsupportedError } from "./bundle-error";
import { fromBase64, join, sha256, toHex, utf8, type Bytes } from "./bytes";
import { isHash, type Hash } from "./merkle";

/** A public key and the name under which it signs. Source: C2SP signed-note. */
export type Verifier = { name: string; keyId: string; publicKey: Bytes };
export type Checkpoint = { origin: string; size: number; root: Hash };

const ed25519 = 1;
const keyIdBytes = 4;
const signatureBytes = 64;

/** `name+hex id+base64`; null if the text is no Ed25519 verifier key or its id does not match. */
export async function parseVkey(text: string): Promise<Verifier | null> {
  const [name = "", hexId = "", ...rest] = text.trim().split("+");
  const raw = fromBase64(rest.join("+"));
  if (raw?.length !== 33 || raw[0] !== ed25519 || name === "") return null;
  const digest = await sha256(join(utf8(`${name}\n`), raw));
  const keyId = toHex(digest.subarray(0, keyIdBytes));
  return keyId === hexId ? { name, keyId, publicKey: raw.slice(1) } : null;
}

type Signature = { name: string; keyId: string; raw: Bytes };
type Note = { text: string; signatures: Signature[] };

function splitNote(note: string): Note {
  const end = note.lastIndexOf("\n\n");
  if (end === -1 || !note.endsWith("\n")) throw new BundleError("a checkpoint is no signed note");
  const lines = note.slice(end + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const [dash, name = "", encoded = "", ...rest] = line.split(" ");
    const raw = fromBase64(encoded);
    if (dash !== "—" || rest.length > 0 || raw === null || raw.length <= keyIdBytes) throw new BundleError("a checkpoint has a malformed signature line");
    return { name, keyId: toHex(raw.subarray(0, keyIdBytes)), raw: raw.slice(keyIdBytes) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

async function isSignedBy(verifier: Verifier, text: string, signature: Bytes): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", verifier.publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") throw new UnsupportedError("This browser cannot check Ed25519 signatures.");
    return false;
  }
  return signature.length === signatureBytes && crypto.subtle.verify({ name: "Ed25519" }, key, signature, utf8(text));
}

/** Throws BundleError unless at least one trusted key signed the note and no signature under a trusted name is wrong. */
export async function openNote(note: string, trusted: readonly Verifier[]): Promise<string> {
  const { text, signatures } = splitNote(note);
  let isSigned = false;
  for (const { name, keyId, raw } of signatures) {
    const verifier = trusted.find((known) => known.name === name && known.keyId === keyId);
    if (verifier === undefined) continue;
    if (!(await isSignedBy(verifier, text, raw))) throw new BundleError(`a checkpoint has a wrong signature of ${name}`);
    isSigned = true;
  }
  if (!isSigned) throw new BundleError("a checkpoint is not signed by a key you trust");
  return text;
}

/** Source: C2SP tlog-checkpoint. Null unless `text` is exactly a checkpoint's text. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const lines = text.split("\n");
  const [origin = "", size = "", root = ""] = lines;
  if (lines.length < 4 || lines.at(-1) !== "" || lines.slice(0, -1).includes("")) return null;
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size)) || !isHash(root)) return null;
  return { origin, size: Number(size), root };
}

/** The checkpoint of a note which nobody has verified: to be shown, not to be trusted. */
export function glanceAtCheckpoint(note: string): Checkpoint | null {
  const end = note.lastIndexOf("\n\n");
  return end === -1 ? null : parseCheckpoint(note.slice(0, end + 1));
}

import { BundleError, UnsupportedError } from "./bundle-error";
import { parseVkey, type Verifier } from "./signed-note";
import { verifyBundle, type Report } from "./verify-bundle";
import { readZip } from "./zip-reader";

export type Verdict = { state: "proven"; report: Report } | { state: "refuted"; what: string; index: number | null } | { state: "unknown"; what: string };

const largestFile = 256 * 1024 * 1024;

/** The verdict on a file, with "cannot tell" kept apart from "is wrong". */
export async function judgeBundle(file: Blob, vkeys: readonly string[], onProgress: (done: number, total: number) => void): Promise<Verdict> {
  if (!("subtle" in crypto)) return { state: "unknown", what: "Browsers verify only on pages reached over https (or on this very machine)." };
  if (file.size > largestFile) return { state: "unknown", what: "This bundle is too large for a browser. Verify it with the “errata audit verify” command." };
  const trusted: Verifier[] = [];
  for (const text of vkeys.filter((line) => line.trim() !== "")) {
    const verifier = await parseVkey(text);
    if (verifier === null) return { state: "unknown", what: `This is no verifier key: ${text.trim()}` };
    trusted.push(verifier);
  }
  if (trusted.length === 0) return { state: "unknown", what: "Without a key to trust nothing can be proven." };
  try {
    const files = await readZip(new Uint8Array(await file.arrayBuffer()));
    return { state: "proven", report: await verifyBundle(files, { trusted, onProgress }) };
  } catch (error) {
    if (error instanceof BundleError) return { state: "refuted", what: error.message, index: error.index };
    if (error instanceof UnsupportedError) return { state: "unknown", what: error.message };
    return { state: "unknown", what: "The file could not be read." };
  }
}

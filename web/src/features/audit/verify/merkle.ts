import { fromBase64, join, sha256, toBase64, type Bytes } from "./bytes";

/** 32 bytes as their one base64 text: proofs hold them so, and texts are compared and remembered cheaply. */
export type Hash = string;
export type NodeHash = (left: Hash, right: Hash) => Promise<Hash>;

/** A proof does not prove what it claims. */
export class ProofError extends Error {}

const emptyRoot: Hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; // SHA-256 of nothing
const hashPattern = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/; // 32 bytes, no spare bits set
const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);
const rememberedNodes = 50_000;

export const isHash = (text: string): boolean => hashPattern.test(text);

/** Source: RFC 9162, 2.1.1. */
export const leafHash = async (entry: Bytes): Promise<Hash> => toBase64(await sha256(join(leafPrefix, entry)));

/** Hashes inner nodes and remembers them: entries side by side share most of their way to the root. */
export function createNodeHash(): NodeHash {
  const known = new Map<string, Hash>();
  return async (left, right) => {
    const key = left + right;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const [leftBytes, rightBytes] = [fromBase64(left), fromBase64(right)];
    if (leftBytes === null || rightBytes === null) throw new ProofError("a hash is not base64");
    const hash = toBase64(await sha256(join(nodePrefix, leftBytes, rightBytes)));
    if (known.size >= rememberedNodes) known.clear();
    known.set(key, hash);
    return hash;
  };
}

// Numbers, not bit operators: those would cut a log's size to 32 bits.
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

function checkHashes(proof: readonly Hash[]): void {
  if (!proof.every(isHash)) throw new ProofError("a hash of the proof has not 32 bytes");
}

type Inclusion = { leaf: Hash; index: number; treeSize: number; proof: readonly Hash[]; root: Hash };

/** Throws ProofError unless the proof leads from the leaf to the root. Source: RFC 9162, 2.1.3.2. */
export async function verifyInclusion({ leaf, index, treeSize, proof, root }: Inclusion, nodeHash: NodeHash): Promise<void> {
  if (index < 0 || index >= treeSize) throw new ProofError("index outside of the tree");
  checkHashes(proof);
  let [node, last, current] = [index, treeSize - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) throw new ProofError("inclusion proof too long");
    if (isOdd(node) || node === last) {
      current = await nodeHash(sibling, current);
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      current = await nodeHash(current, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0 || current !== root) throw new ProofError("inclusion proof does not lead to the root");
}

type Consistency = { firstSize: number; firstRoot: Hash; secondSize: number; secondRoot: Hash; proof: readonly Hash[] };

/** Throws ProofError unless the first tree is a prefix of the second. Source: RFC 9162, 2.1.4.2. */
export async function verifyConsistency({ firstSize, firstRoot, secondSize, secondRoot, proof }: Consistency, nodeHash: NodeHash): Promise<void> {
  if (firstSize < 0 || firstSize > secondSize) throw new ProofError("sizes are in the wrong order");
  checkHashes(proof);
  if (firstSize === 0 || firstSize === secondSize) {
    if (proof.length > 0 || firstRoot !== (firstSize === 0 ? emptyRoot : secondRoot)) throw new ProofError("trees of this size are not consistent");
    return;
  }
  const [start, ...siblings] = isPowerOfTwo(firstSize) ? [firstRoot, ...proof] : proof;
  if (start === undefined) throw new ProofError("consistency proof is empty");
  let [node, last, first, second] = [firstSize - 1, secondSize - 1, start, start];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  for (const sibling of siblings) {
    if (last === 0) throw new ProofError("consistency proof too long");
    if (isOdd(node) || node === last) {
      [first, second] = [await nodeHash(sibling, first), await nodeHash(sibling, second)];
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      second = await nodeHash(second, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) throw new ProofError("consistency proof too short");
  if (first !== firstRoot || second !== secondRoot) throw new ProofError("consistency proof does not lead to both roots");
}

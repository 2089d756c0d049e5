import { expect, test } from "vitest";
import { utf8 } from "./bytes";
import { createNodeHash, leafHash, verifyConsistency, verifyInclusion, type Hash } from "./merkle";

const nodeHash = createNodeHash();
const split = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);

// The recursive definitions of RFC 9162, 2.1, word for word: another way to the same hashes.
async function rootOf(leaves: readonly Hash[]): Promise<Hash> {
  if (leaves.length === 1) return leaves[0] ?? "";
  const at = split(leaves.length);
  return nodeHash(await rootOf(leaves.slice(0, at)), await rootOf(leaves.slice(at)));
}
async function pathOf(index: number, leaves: readonly Hash[]): Promise<Hash[]> {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  if (index < at) return [...(await pathOf(index, leaves.slice(0, at))), await rootOf(leaves.slice(at))];
  return [...(await pathOf(index - at, leaves.slice(at))), await rootOf(leaves.slice(0, at))];
}
async function subproof(size: number, leaves: readonly Hash[], isWhole: boolean): Promise<Hash[]> {
  if (size === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const at = split(leaves.length);
  if (size <= at) return [...(await subproof(size, leaves.slice(0, at), isWhole)), await rootOf(leaves.slice(at))];
  return [...(await subproof(size - at, leaves.slice(at), false)), await rootOf(leaves.slice(0, at))];
}

const leavesOf = (size: number) => Promise.all(Array.from({ length: size }, (_, index) => leafHash(utf8(`entry ${index}`))));

test("every leaf of every small tree is proven, at its own place only", async () => {
  for (const size of [1, 2, 3, 5, 8, 13, 16, 17]) {
    const leaves = await leavesOf(size);
    const root = await rootOf(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const proof = await pathOf(index, leaves);
      await verifyInclusion({ leaf, index, treeSize: size, proof, root }, nodeHash);
      if (size === 1) continue;
      await expect(verifyInclusion({ leaf, index: (index + 1) % size, treeSize: size, proof, root }, nodeHash)).rejects.toThrow();
      await expect(verifyInclusion({ leaf, index, treeSize: size, proof: proof.slice(1), root }, nodeHash)).rejects.toThrow();
      await expect(verifyInclusion({ leaf, index, treeSize: size, proof: [...proof, root], root }, nodeHash)).rejects.toThrow();
    }
  }
});

test("every prefix of every small tree is proven, and no other tree", async () => {
  for (const secondSize of [1, 2, 3, 6, 7, 8, 13, 16]) {
    const leaves = await leavesOf(secondSize);
    const secondRoot = await rootOf(leaves);
    for (let firstSize = 1; firstSize <= secondSize; firstSize++) {
      const claim = { firstSize, firstRoot: await rootOf(leaves.slice(0, firstSize)), secondSize, secondRoot, proof: await subproof(firstSize, leaves, true) };
      await verifyConsistency(claim, nodeHash);
      const other = await leafHash(utf8("another history"));
      await expect(verifyConsistency({ ...claim, firstRoot: other }, nodeHash)).rejects.toThrow();
      await expect(verifyConsistency({ ...claim, secondRoot: other }, nodeHash)).rejects.toThrow();
      await expect(verifyConsistency({ ...claim, proof: [...claim.proof, other] }, nodeHash)).rejects.toThrow();
    }
  }
});

test("an index beyond the tree and hashes of a wrong length are refused", async () => {
  const leaf = await leafHash(utf8("x"));
  await expect(verifyInclusion({ leaf, index: 1, treeSize: 1, proof: [], root: leaf }, nodeHash)).rejects.toThrow("index outside of the tree");
  await expect(verifyInclusion({ leaf, index: 0, treeSize: 2, proof: ["AAAA"], root: leaf }, nodeHash)).rejects.toThrow("32 bytes");
});

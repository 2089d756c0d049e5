"""VERIFY.md: what an outsider finds in a bundle and how to check it, with our tool, with Go's, or with none."""

INSTRUCTIONS = """# How to verify this bundle

You need not trust whoever gave it to you. You need one thing from elsewhere: the log's public key (a line
`name+id+base64`), best printed in your contract or kept from an earlier audit. `vkeys.txt` is a convenience: a forger
would put his own key there. If you have kept an older checkpoint, use it: it shows that nothing before it was rewritten.

## With our tool (no database, no network)

    errata audit verify BUNDLE.zip --vkey 'name+id+base64' --checkpoint kept-checkpoint

It exits with 0 and says what was proven, or with 1 and names the first entry that is wrong.

## With Go's own transparency-log library

`reference.json` holds the key, both checkpoints, the consistency proof and entries with inclusion proofs (up to 1,000 of
them, spread over the range). Thirty lines around `golang.org/x/mod/sumdb/note` and `.../sumdb/tlog` check it: `note.Open`
on `Old` and `New`, `tlog.CheckTree`, `tlog.CheckRecord` with `tlog.RecordHash` for each entry.

## By hand

1. `checkpoint` is a signed note (c2sp.org/signed-note): origin, size, root, empty line, signature by the public key (Ed25519).
2. Each line of `entries.jsonl`, without its line break, is the exact byte string that was hashed:
   leaf = SHA-256(0x00 || line). An inner node is SHA-256(0x01 || left || right) (RFC 9162, 2.1.1).
3. The same line of `proofs.jsonl` leads from the leaf to the root (RFC 9162, 2.1.3.2). `index` is inside the entry, so it
   cannot be renumbered; `sequenced_at` never runs backwards, so a range of time is a range of indexes.
4. `range.json` names the exported range. Unless `is_filtered`, every index of it is there. `before` and `after` are the
   entries just outside, with proofs: their times show that the range ends where it says.
5. `consistency.json` leads from the root in `checkpoint.previous` to the root in `checkpoint` (RFC 9162, 2.1.4.2).
6. `tile/` holds the hashes of the tree (c2sp.org/tlog-tiles); any other proof can be computed from them.
7. `personal` in an entry lists salted digests of personal fields. Each line of `disclosures.jsonl` opens one: its digest
   is base64url(SHA-256(disclosure)) (RFC 9901). A digest without a disclosure was erased, or is not yours to see; the
   proofs hold all the same.
8. `entries.csv` repeats the entries for a spreadsheet; cells that look like formulas begin with an apostrophe.
"""

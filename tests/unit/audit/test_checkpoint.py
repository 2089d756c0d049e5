"""Signed notes and checkpoints against the documented example of Go's sumdb/note and the C2SP texts."""

import base64

import pytest

from audit import checkpoint
from audit.checkpoint import Checkpoint, NoteError, Signer, Verifier

GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_NOTE = f"{GO_TEXT}\n{GO_SIGNATURE}"
GO_VERIFIER = checkpoint.parse_vkey(GO_VKEY)

SIGNER = Signer("errata.example/audit", bytes(range(32)))
ROOT = bytes(range(32))


def test_the_documented_key_signs_the_documented_note() -> None:
    signer = Signer("PeterNeumann", GO_SEED)
    assert signer.verifier.vkey() == GO_VKEY
    assert signer.sign(GO_TEXT) == GO_NOTE, "Ed25519 signatures are deterministic"


def test_the_documented_note_opens() -> None:
    assert checkpoint.open_note(GO_NOTE, (GO_VERIFIER,)) == GO_TEXT


def test_signatures_of_unknown_keys_are_ignored_beside_a_trusted_one() -> None:
    note = GO_NOTE + SIGNER.signature_line(GO_TEXT)
    assert checkpoint.open_note(note, (GO_VERIFIER,)) == GO_TEXT
    assert checkpoint.open_note(note, (SIGNER.verifier,)) == GO_TEXT


def test_no_changed_byte_of_a_note_passes() -> None:
    raw = GO_NOTE.encode()
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(NoteError):
            checkpoint.open_note(changed.decode(errors="replace"), (GO_VERIFIER,))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        GO_TEXT,
        GO_TEXT + "\n",
        GO_NOTE[:-1],
        GO_TEXT + GO_SIGNATURE,
        GO_NOTE.replace("\u2014", "-"),
        GO_NOTE.replace("x08go", "x08g"),
        GO_NOTE + "\n",
        GO_NOTE + "\u2014 PeterNeumann AAAA\n",
        GO_NOTE.replace("cryptography", "cryptograph\x00y"),
        "a" * 70_000 + GO_NOTE,
    ],
)
def test_malformed_notes_are_refused(note: str) -> None:
    with pytest.raises(NoteError):
        checkpoint.open_note(note, (GO_VERIFIER,))


def test_a_wrong_signature_under_a_trusted_name_and_id_spoils_the_note() -> None:
    forged = Signer("PeterNeumann", b"\x07" * 32).signature_line(GO_TEXT).split(" ")[2]
    raw = GO_VERIFIER.key_id + base64.b64decode(forged)[4:]
    line = f"\u2014 PeterNeumann {base64.b64encode(raw).decode()}\n"
    note = GO_NOTE + SIGNER.signature_line(GO_TEXT) + line
    with pytest.raises(NoteError, match="wrong signature"):
        checkpoint.open_note(note, (GO_VERIFIER, SIGNER.verifier))


def test_no_part_of_a_verifier_key_is_one() -> None:
    for start in range(len(GO_VKEY)):
        for end in range(start, len(GO_VKEY) + 1):
            if (start, end) != (0, len(GO_VKEY)):
                with pytest.raises(NoteError):
                    checkpoint.parse_vkey(GO_VKEY[start:end])


def test_a_verifier_key_with_a_changed_letter_is_refused() -> None:
    for position in range(len(GO_VKEY)):
        changed = GO_VKEY[:position] + chr(ord(GO_VKEY[position]) + 1) + GO_VKEY[position + 1 :]
        with pytest.raises(NoteError):
            checkpoint.parse_vkey(changed)


@pytest.mark.parametrize("name", ["", "two words", "one+two", "line\nbreak"])
def test_a_key_name_without_space_and_plus_is_demanded(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        Signer(name, bytes(32))


def test_a_checkpoint_is_origin_size_and_root() -> None:
    text = checkpoint.format_checkpoint(Checkpoint("errata.example/audit/1", 20_852_163, ROOT))
    assert text == f"errata.example/audit/1\n20852163\n{base64.b64encode(ROOT).decode()}\n"
    assert checkpoint.parse_checkpoint(text) == Checkpoint("errata.example/audit/1", 20_852_163, ROOT)


def test_extension_lines_survive() -> None:
    given = Checkpoint("origin", 0, ROOT, ("one", "two"))
    assert checkpoint.parse_checkpoint(checkpoint.format_checkpoint(given)) == given


ROOT_TEXT = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        f"\n1\n{ROOT_TEXT}\n",
        f"origin\n01\n{ROOT_TEXT}\n",
        f"origin\n-1\n{ROOT_TEXT}\n",
        f"origin\n+1\n{ROOT_TEXT}\n",
        f"origin\n\u0661\n{ROOT_TEXT}\n",
        f"origin\n1\n{ROOT_TEXT[:-4]}\n",
        f"origin\n1\n{ROOT_TEXT}",
        f"origin\n1\n{ROOT_TEXT}\n\n",
        f"origin\n1\n{ROOT_TEXT[:-2]}9=\n",  # the same 32 bytes with spare bits set
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        checkpoint.parse_checkpoint(text)


def test_a_cosignature_covers_its_time() -> None:
    """Source: C2SP tlog-cosignature: "cosignature/v1", "time <seconds>", then the note's text."""
    text = checkpoint.format_checkpoint(Checkpoint("origin", 7, ROOT))
    witness = Signer("witness.example", bytes(32))
    verifier = Verifier("witness.example", checkpoint.COSIGNATURE_V1, witness.verifier.public_key)
    when = 1_679_315_147
    body = f"cosignature/v1\ntime {when}\n{text}"
    signature = base64.b64decode(witness.signature_line(body).split(" ")[2])[4:]

    def note_at(seconds: int) -> str:
        raw = verifier.key_id + seconds.to_bytes(8, "big") + signature
        return f"{text}\n\u2014 witness.example {base64.b64encode(raw).decode()}\n"

    assert checkpoint.open_note(note_at(when), (verifier,)) == text
    with pytest.raises(NoteError):
        checkpoint.open_note(note_at(when + 1), (verifier,))

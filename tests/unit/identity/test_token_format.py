import random

import pytest

from identity import token_format

LOOKUP_ID = "a1B2c3D4"
SECRET = "0123456789abcdefghijABCDEFGHIJxy"


def test_a_composed_key_gives_its_parts_back() -> None:
    parsed = token_format.parse(token_format.compose(lookup_id=LOOKUP_ID, secret=SECRET))

    assert parsed == token_format.ParsedKey(lookup_id=LOOKUP_ID, secret=SECRET)


def test_a_key_has_the_prefix_and_46_further_characters() -> None:
    key = token_format.compose(lookup_id=LOOKUP_ID, secret=SECRET)

    assert key.startswith("errp_")
    assert len(key) == 5 + 8 + 32 + 6


def test_every_single_character_mutation_is_refused() -> None:
    key = token_format.compose(lookup_id=LOOKUP_ID, secret=SECRET)
    for position in range(len(token_format.PREFIX), len(key)):
        for character in token_format.ALPHABET:
            if character != key[position]:
                assert token_format.parse(key[:position] + character + key[position + 1 :]) is None


def test_transpositions_are_refused() -> None:
    generator = random.Random(7)
    for _ in range(200):
        body = "".join(generator.choices(token_format.ALPHABET, k=40))
        key = token_format.compose(lookup_id=body[:8], secret=body[8:])
        for position in range(len(token_format.PREFIX), len(key) - 1):
            swapped = key[:position] + key[position + 1] + key[position] + key[position + 2 :]
            assert swapped == key or token_format.parse(swapped) is None


@pytest.mark.parametrize(
    "text",
    ["", "errp_", "Errp_" + "a" * 46, "errp_" + "a" * 45, "errp_" + "a" * 47, "errp_" + "ä" * 46, "errp_" + "a" * 45 + "\n"],
)
def test_other_shapes_are_refused(text: str) -> None:
    assert token_format.parse(text) is None


def test_the_secret_does_not_show_itself() -> None:
    assert SECRET not in repr(token_format.ParsedKey(lookup_id=LOOKUP_ID, secret=SECRET))

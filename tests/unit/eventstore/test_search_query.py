import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.search_query import (
    MAX_LENGTH,
    ConditionFilter,
    IssueCondition,
    LevelFilter,
    SearchQuery,
    SearchQueryError,
    TagFilter,
    parse,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SearchQuery()),
        ("   \t ", SearchQuery()),
        ("is:unresolved", SearchQuery(conditions=(ConditionFilter(IssueCondition.UNRESOLVED),))),
        ("!is:ignored", SearchQuery(conditions=(ConditionFilter(IssueCondition.IGNORED, is_negated=True),))),
        (
            "is:unresolved is:regressed",
            SearchQuery(conditions=(ConditionFilter(IssueCondition.UNRESOLVED), ConditionFilter(IssueCondition.REGRESSED))),
        ),
        ("level:error", SearchQuery(levels=(LevelFilter("error"),))),
        ("environment:prod", SearchQuery(tags=(TagFilter("environment", "prod"),))),
        ("release:shop@1.2.3+4", SearchQuery(tags=(TagFilter("release", "shop@1.2.3+4"),))),
        ("!user.id:7", SearchQuery(tags=(TagFilter("user.id", "7", is_negated=True),))),
        ('browser:"Firefox 130"', SearchQuery(tags=(TagFilter("browser", "Firefox 130"),))),
        (r'note:"a \"b\" \\ c"', SearchQuery(tags=(TagFilter("note", r"a " + '"b" \\ c'),))),
        ("has:browser", SearchQuery(tags=(TagFilter("browser", None),))),
        ("!has:browser", SearchQuery(tags=(TagFilter("browser", None, is_negated=True),))),
        ("connection refused", SearchQuery(texts=("connection", "refused"))),
        ('"connection refused"', SearchQuery(texts=("connection refused",))),
        ("TypeError: undefined", SearchQuery(texts=("TypeError:", "undefined"))),
        ("ActiveRecord::NotFound", SearchQuery(texts=("ActiveRecord::NotFound",))),
        ("https://shop.example/cart", SearchQuery(texts=("https://shop.example/cart",))),
        ("url:https://shop.example", SearchQuery(tags=(TagFilter("url", "https://shop.example"),))),
        ("100%", SearchQuery(texts=("100%",))),
        (
            'is:new level:fatal environment:prod timeout "in checkout"',
            SearchQuery(
                conditions=(ConditionFilter(IssueCondition.NEW),),
                levels=(LevelFilter("fatal"),),
                tags=(TagFilter("environment", "prod"),),
                texts=("timeout", "in checkout"),
            ),
        ),
    ],
)
def test_queries_mean_what_the_page_says(text: str, expected: SearchQuery) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("is:", 3),
        ("level: error", 6),
        ("is:solved", 3),
        ("foo is:solved", 7),
        ("level:bad", 6),
        ("!word", 0),
        ("a !", 2),
        ('"open', 0),
        ('key:"open', 4),
        ('""', 0),
        ('key:""', 5),
        ("!key:", 5),
        ("a b c d e f", 10),
        (" ".join(f"k{n}:v" for n in range(21)), 110),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH),
        ("a\0b", 1),
    ],
)
def test_errors_know_their_position(text: str, position: int) -> None:
    with pytest.raises(SearchQueryError) as caught:
        parse(text)
    assert caught.value.position == position


def error_position(text: str) -> int | None:
    try:
        parse(text)
    except SearchQueryError as error:
        return error.position
    return None


@given(st.text(max_size=200))
def test_any_text_gives_a_query_or_a_position_inside_it(text: str) -> None:
    position = error_position(text)

    assert position is None or 0 <= position <= len(text)

"""BM25 against the formula worked by hand, words of identifiers, and fusion."""

import math

import pytest

from assistants.retrieval import Index, fuse, tokens


def index(**texts: str) -> Index:
    made = Index()
    for key, text in texts.items():
        made.add(key, text)
    return made


def keys(found: Index, query: str) -> list[str]:
    return [hit.key for hit in found.search(query)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("getUserName", ["getusername", "get", "user", "name"]),
        ("HTTPServer2", ["httpserver2", "http", "server", "2"]),
        ("loan_payment_id", ["loan_payment_id", "loan", "payment", "id"]),
        ("Customers, queries; STATUS class", ["customer", "query", "status", "class"]),
        ("naïve ﬁle", ["naïve", "file"]),
        ("ICD10 E11.9", ["icd10", "icd", "10", "e11", "e", "11", "9"]),
        ("...", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(tokens(text)) == words


def test_score_is_bm25_worked_by_hand() -> None:
    found = index(a="red red fish", b="blue fish", c="green")
    # three texts of 3, 2 and 1 words (average 2); `red` is in one of them, twice
    rarity = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    length = 1 - 0.75 + 0.75 * 3 / 2
    (hit,) = found.search("red")
    assert hit.key == "a"
    assert hit.score == pytest.approx(rarity * 2 / (2 + 1.2 * length))


def test_rare_words_count_more_and_short_texts_win() -> None:
    found = index(
        loans="loan amount interest rate", cards="card amount", branches="branch city name"
    )
    assert keys(found, "amount of the loan") == ["loans", "cards"]
    assert keys(found, "amount") == ["cards", "loans"]
    assert keys(found, "zebra") == []


def test_equal_scores_are_ordered_by_key() -> None:
    assert keys(index(b="x", c="x", a="x"), "x") == ["a", "b", "c"]


def test_adding_replaces_and_removing_forgets() -> None:
    found = index(a="old text", b="other text")
    found.add("a", "new")
    assert keys(found, "old") == []
    assert keys(found, "new") == ["a"]
    found.remove("a")
    found.remove("a")
    assert (keys(found, "new"), len(found), "a" in found) == ([], 1, False)


def test_empty_index_and_empty_query() -> None:
    assert Index().search("anything") == ()
    assert index(a="").search("anything") == ()
    assert index(a="x").search("") == ()


def test_limit() -> None:
    found = index(**{f"k{n}": "x" for n in range(20)})
    assert len(found.search("x")) == 10
    assert len(found.search("x", 3)) == 3


def test_fusion_is_the_sum_of_reciprocal_ranks() -> None:
    assert fuse([["a", "b"], ["b", "c"]]) == pytest.approx(
        {"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62}
    )


def test_scorer_finds_what_shares_no_word() -> None:
    found = index(
        fever="temperature above 38", cash="money in the bank", misc="temperature of money"
    )
    near = {"fever": 0.1, "cash": 0.9, "misc": 0.5}
    hits = found.search("temperature", scorer=lambda _, names: [near[name] for name in names])
    # by words: fever, misc (same length, so by key); by scorer: cash, misc, fever
    assert [hit.key for hit in hits] == ["fever", "misc", "cash"]
    assert [hit.score for hit in hits] == pytest.approx([1 / 61 + 1 / 63, 2 / 62, 1 / 61])

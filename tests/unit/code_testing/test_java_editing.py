"""Edits and explanations of Java without a model: what is done, what is refused, what is said."""

import pytest

from assistants.answer import Status
from assistants.errors import InputError
from code_assist import Source
from code_assist.editing import edit, explain

SHOP = """package shop;

import java.util.List;

public class Shop {
    private int sold;

    /** Price with tax. */
    public int price(int cents, List<String> codes) {
        if (cents > 100) {
            return cents;
        }
        int total = cents;
        for (String code : codes) {
            total -= code.length();
        }
        sold = total;
        return total;
    }

    int half(String priceText) {
        if (priceText == null) {
            throw new IllegalStateException("no text");
        }
        return priceText.length() / 2;
    }
}
"""


def changed(instruction: str, first: int, last: int | None = None) -> str:
    source = Source(text=SHOP, language="java", path="Shop.java")
    answer = edit(source, first, last or first, instruction)
    assert answer.status is Status.ANSWERED, answer.reason
    return answer.best.candidate.after


def reason(instruction: str, first: int) -> str:
    answer = edit(Source(text=SHOP, language="java", path="Shop.java"), first, first, instruction)
    assert answer.status is Status.ABSTAINED
    return answer.reason


def test_javadoc_says_what_the_code_shows() -> None:
    assert """    /**
     * Half.
     *
     * @param priceText the price text
     * @return the result
     * @throws IllegalStateException no text
     */
    int half(String priceText) {
""" in changed("Add Javadoc", 23)


def test_a_guard_comes_first_and_suits_the_type() -> None:
    text = changed("add a guard against negative cents", 10)
    assert text == SHOP.replace(
        "        if (cents > 100) {",
        "        if (cents < 0) {\n"
        '            throw new IllegalArgumentException("cents is negative");\n'
        "        }\n        if (cents > 100) {",
    )
    assert "if (codes.isEmpty()) {" in changed("guard against empty codes", 10)
    assert "if (priceText == null) {\n            throw new IllegalArg" in changed("guard", 23)


def test_a_local_is_renamed_and_nothing_else() -> None:
    assert changed("rename total to sum", 14) == SHOP.replace("total", "sum")
    assert changed("rename sold to soldItems", 14) == SHOP.replace("sold", "soldItems")


@pytest.mark.parametrize(
    ("instruction", "line", "why"),
    [
        ("add a docstring", 10, "price has Javadoc already"),
        ("guard against null cents", 10, "cents is of type int, which is never null"),
        ("guard against zero codes", 10, "which is never zero"),
        ("guard", 10, "say which parameter"),
        ("rename price to cost", 10, "is not private"),
        ("rename total to cents", 10, "means something else"),
        ("rename missing to x", 10, "'missing' is not used there"),
        ("add javadoc", 6, "the selection holds no method"),
        ("make it fast", 10, "rules can only: add Javadoc"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    instruction: str, line: int, why: str
) -> None:
    assert why in reason(instruction, line)


def test_lines_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="no lines 90 to 90"):
        edit(Source(text=SHOP, language="java", path="Shop.java"), 90, 90, "add javadoc")


def test_an_explanation_holds_what_the_tree_shows() -> None:
    answer = explain(Source(text=SHOP, language="java", path="Shop.java"), 9, 19)
    assert answer.best.candidate.facts == (
        "Method price(int cents, List<String> codes) → int.",
        "Its Javadoc says: Price with tax.",
        "Line 10: decides by `cents > 100`.",
        "Line 11: returns `cents`.",
        "Line 14: goes through `codes`, each as `code`.",
        "Line 18: returns `total`.",
        "Calls length.",
        "Assigns total, sold.",
    )


def test_some_lines_are_explained_alone() -> None:
    answer = explain(Source(text=SHOP, language="java", path="Shop.java"), 22, 24)
    assert answer.best.candidate.facts == (
        "Line 22: decides by `priceText == null`.",
        'Line 23: throws `new IllegalStateException("no text")`.',
        "Calls new IllegalStateException.",
    )

"""Questions back: how a word with several meanings is asked about, and how the choice is kept.

A choice is kept as the text that was shown for it. It never becomes part of the question, so that
answering cannot lead to the same question again.
"""

from collections.abc import Collection, Sequence


class Undecided(Exception):
    """A word has meanings between which the question does not decide."""

    def __init__(self, phrase: str, choices: tuple[str, ...]) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.choices = choices


def shown(choice: str) -> str:
    """Return a choice in words: `accounts.opened_on` is "the opened on of accounts"."""
    table, dot, column = choice.partition(".")
    if not dot or " " in choice:
        return choice
    return f"the {column.replace('_', ' ')} of {table.replace('_', ' ')}"


def chosen(options: Sequence[str], made: Collection[str]) -> int | None:
    """Return which option the user chose, or None where that is open."""
    found = [i for i, option in enumerate(options) if shown(option) in made]
    return found[0] if len(found) == 1 else None

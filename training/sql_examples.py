"""Training examples of the query language: `python -m training.sql_examples --count 5`.

A question and its tree are drawn together over a random schema, so the tree is right by
construction. The prompt shows the items that the tree needs among others that it does not, in
`schema_text`, the very text that the agent shows at run time; values are slots. The language has no
word for "this cannot be answered": the agent abstains when nothing links, so no example teaches it.
"""

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sql_agent.query_grammar import schema_text
from sql_agent.query_text import to_text
from sql_agent.query_tree import Linked, MetricUse, Query
from training.sql_draft import Draft, Mention
from training.sql_linked import present
from training.sql_questions import draw
from training.sql_schemas import Schema, schemas
from training.sql_wording import ENDINGS, STARTS

END = "<|endoftext|>"
_MARK = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A question, what the agent's linker finds for it, and its tree as text."""

    question: str
    linked: Linked
    query: str


def examples(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield `count` pairs of prompt and completion; special tokens stand in them as text."""
    for one in drawn(seed, count):
        schema = schema_text(one.linked)
        yield f"<|sql|><|question|>{one.question}<|schema|>{schema}<|query|>", one.query + END


def drawn(seed: int, count: int) -> Iterator[Drawn]:
    """Yield `count` questions with their trees."""
    rng = random.Random(seed)
    pool = schemas(rng)
    while count > 0:
        draft = Draft(rng, next(pool))
        question, query = draw(draft)
        question = _roughen(rng, question)
        plain, mentions = _read(question)
        if _names_other_metric(draft.schema, query, plain.lower()):
            continue
        presented = present(draft, query, plain, mentions)
        if presented is None:
            continue
        linked, order = presented
        yield Drawn(question=plain, linked=linked, query=_renumber(to_text(query), order))
        count -= 1


def _names_other_metric(schema: Schema, query: Query, question: str) -> bool:
    """Whether the words of a metric stand in the question of a tree without that metric."""
    used = {measure.name for measure in query.measures if isinstance(measure, MetricUse)}
    return any(words in question and name not in used for words, name in schema.metric_words)


def _renumber(text: str, order: dict[int, int]) -> str:
    """Number the slots of a tree's text as they stand in the question."""
    return re.sub(r"\bV(\d+)\b", lambda match: f"V{order[int(match[1])]}", text)


def _read(question: str) -> tuple[str, dict[int, Mention]]:
    """Return the question without marks, and where each marked phrase stands in it."""
    plain: list[str] = []
    mentions: dict[int, Mention] = {}
    length, opened = 0, (0, 0)
    for piece in re.split("([\ue000-\uf8ff])", question):
        if not _MARK.match(piece):
            plain.append(piece)
            length += len(piece)
        elif piece == "\uf8ff":
            number, start = opened
            phrase = "".join(plain)[start:]
            mentions.setdefault(number, Mention(start=start, phrase=phrase))
        else:
            opened = (ord(piece) - 0xE000, length)
    return "".join(plain), mentions


def _roughen(rng: random.Random, question: str) -> str:
    """Make a question as careless as people's questions are; marks stay where they are."""
    if rng.random() < 0.06:
        question = rng.choice(STARTS.split("|")) + question
    if rng.random() < 0.05:
        question = question.rstrip("?.") + rng.choice(ENDINGS.split("|"))
    if rng.random() < 0.25:
        question = question.rstrip("?.")
    question = re.sub(r"\s+", " ", question).strip(" ,")
    case = rng.random()
    if case < 0.4:
        question = _capital(question)
    elif case < 0.75:
        question = question.lower()
    for _ in range(rng.choice((0,) * 10 + (1, 1, 2))):
        question = _slip(rng, question)
    return question


def _capital(question: str) -> str:
    """Write the first letter large, whether or not a mark stands before it."""
    place = next((i for i, c in enumerate(question) if c.isalpha() and not _MARK.match(c)), 0)
    return question[:place] + question[place : place + 1].upper() + question[place + 1 :]


def _slip(rng: random.Random, question: str) -> str:
    """Drop, double or swap a letter inside a longer word."""
    words = list(re.finditer(r"[a-z]{5,}", question))
    if not words:
        return question
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end() - 1)
    left, letter, right = question[:place], question[place], question[place + 1 :]
    slip = rng.random()
    if slip < 0.4:
        return left + right
    if slip < 0.6:
        return left + letter + letter + right
    return left + right[0] + letter + right[1:]


def main() -> None:
    """Print examples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5)
    arguments = parser.parse_args()
    for prompt, completion in examples(arguments.seed, arguments.count):
        print(prompt + completion, end="\n\n")


if __name__ == "__main__":
    main()

"""Stories read clause by clause: facts in their order, then the question about them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from math_solver.plan import LET_NAMES
from math_solver.reading import Question

from .asking import read_asked, split_question
from .clause_grammar import Clause, Unread, clauses, elements
from .discourse import Amount, Later, Story
from .doubts import doubtful, uncounted
from .draft import Draft
from .lexicon import FAR, QUIET, READ
from .settling import settle
from .telling import tell, tell_backwards
from .tokens import Sentence, Tag, sentences

MAX_WORDS = 120
_COINS = frozenset("quarter dime nickel penny cent".split())


def by_clauses(question: Question) -> Iterator[Draft]:
    """Yield the draft of a story whose clauses are all read, at most one."""
    if question.formulas or not question.numbers:
        return
    try:
        yield read_story(question)
    except Unread:
        return


def read_story(question: Question) -> Draft:
    """Read a story and its question. Raises `Unread` with what was not understood."""
    if re.search(r"(?<![N\d])\d", question.masked) or doubtful(question):
        raise Unread("a figure that is no number")
    told = list(sentences(question))
    if sum(map(len, told)) > MAX_WORDS or not told:
        raise Unread("a text that is too long for a story")
    before, asking, after = split_question(told[-1])
    statements = [*told[:-1], *(s for s in (before, after) if s)]
    coins = any(t.stem in _COINS for s in told for t in s)
    if coins and any(t.stem == "$" for s in told for t in s):
        raise Unread("coins and other money")
    story = Story()
    if uncounted(question):
        raise Unread("one that goes and is not counted")
    if any(t.text == "?" for s in told[:-1] for t in s):
        raise Unread("several questions")
    later = [c for sentence in statements for c in _tell(story, sentence, question)]
    for _ in range(3):
        later = [clause for clause in later if not told_now(story, clause)]
    for clause in later:
        tell_backwards(story, clause)
    asked = read_asked(asking, question.numbers, story.people)
    answer, aside = settle(story, asked)
    unused = {f"N{i}" for i in range(len(question.numbers))} - answer.uses - aside
    if unused:
        raise Unread(f"numbers that nothing is made of: {', '.join(sorted(unused))}")
    return Draft(source=_plan(story, answer), counted=aside)


def told_now(story: Story, clause: Clause) -> bool:
    """Tell a clause as a whole, or nothing of it where its comparison has to wait."""
    before = replace(story, facts=list(story.facts), rates=list(story.rates))
    groups, steps = list(story.groups), list(story.steps)
    try:
        tell(story, clause)
    except Later:
        story.facts, story.rates, story.groups = before.facts, before.rates, groups
        story.steps, story.last, story.whole = steps, before.last, before.whole
        return False
    return True


def _plan(story: Story, answer: Amount) -> str:
    """Write the steps that the answer needs, named in their order. Raises `Unread`."""
    needed: set[str] = set()
    pending = [answer.text]
    while pending:
        found = set(re.findall(r"L\d+", pending.pop())) - needed
        needed |= found
        pending += [story.steps[int(name[1:])] for name in found]
    ordered = sorted(needed, key=lambda name: int(name[1:]))
    if len(ordered) > len(LET_NAMES):
        raise Unread("more steps than a plan has")
    names = dict(zip(ordered, LET_NAMES, strict=False))

    def spelled(text: str) -> str:
        return re.sub(r"L\d+", lambda m: names[m.group()], text)

    lets = [f"let {names[name]} = {spelled(story.steps[int(name[1:])])}" for name in ordered]
    return "\n".join([*lets, f"answer {spelled(answer.text)}"])


def _tell(story: Story, sentence: Sentence, question: Question) -> Iterator[Clause]:
    """Read a sentence, and return what is to be read later.

    A sentence that says nothing of amounts may be passed over.
    """
    weighty = any(t.tag in {Tag.NUMBER, Tag.EACH} or t.text in FAR - QUIET for t in sentence)
    if weighty and any(t.text in FAR - READ for t in sentence):
        raise Unread("a word that changes amounts in another way")
    try:
        for clause in clauses(elements(sentence, question.numbers)):
            if not told_now(story, clause):
                yield clause
    except Unread:
        if weighty:
            raise

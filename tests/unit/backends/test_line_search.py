"""Best-first search for the end of a line, and healing of the word before the cursor."""

import math

import numpy as np

from assistants.constraint import Program
from assistants.engine.search import Bounds, LineSearch
from assistants.masking import HealedMask, Vocabulary, compile_mask

A, B, C, X, NEWLINE, CLOSE_LINE, STOP = range(7)
TEXTS = {A: "a", B: "b", C: "c", X: "x", NEWLINE: "\n", CLOSE_LINE: ")\n"}
SEVERAL = 1.0


class Table:
    """A model that is a table: what follows each text, with its probability."""

    def __init__(self, table):
        self.table, self.runs = table, []

    def __call__(self, tokens):
        self.runs.append(tuple(tokens))
        row = np.full(7, 1e-9)
        for token, probability in self.table.get("".join(TEXTS[t] for t in tokens), {}).items():
            row[token] = probability
        return np.log(row / row.sum()).astype(np.float32)


class Spelled:
    """A mask that allows the beginnings of some texts and stops at those in `whole`."""

    def __init__(self, texts, whole):
        self.texts, self.whole, self.written = texts, whole, []

    def _text(self, more=()):
        return "".join(TEXTS[t] for t in (*self.written, *more))

    def _fits(self, more):
        return any(text.startswith(self._text(more)) for text in self.texts)

    def accept(self, tokens):
        if not self._fits(tokens):
            return False
        self.written += tokens
        return True

    def validate(self, tokens):
        count = 0
        while count < len(tokens) and self._fits(tokens[: count + 1]):
            count += 1
        return count

    def rollback(self, count):
        del self.written[len(self.written) - count :]

    def allowed(self):
        bits = sum(1 << token for token in TEXTS if self._fits((token,)))
        return np.array([bits], dtype=np.int32)

    def can_stop(self):
        return self._text() in self.whole


def search(table, mask=None, **bounds):
    model = Table(table)
    ends = {NEWLINE: (), CLOSE_LINE: (X,)}
    run = LineSearch(
        run=model, mask=mask, stop=frozenset((STOP,)), ends=ends, bounds=Bounds(**bounds)
    )
    found = run.search(None, lambda: False)
    return [("".join(TEXTS[t] for t in one.tokens), one) for one in found], model


GARDEN_PATH = {
    "": {A: 0.6, B: 0.4},
    "a": {A: 0.3, C: 0.3, X: 0.3},
    "aa": {NEWLINE: 0.3, A: 0.2},
    "b": {C: 0.99, X: 0.01},
    "bc": {NEWLINE: 0.99, X: 0.01},
}


def test_the_likeliest_whole_line_is_found_where_greedy_decoding_goes_astray():
    found, _ = search(GARDEN_PATH)
    text, best = found[0]
    assert text == "bc"
    assert best.finished
    assert math.isclose(best.mean, (math.log(0.4) + 2 * math.log(0.99)) / 3, abs_tol=1e-3)
    assert len(best.each) == 3
    assert math.isclose(min(best.each), math.log(0.4), abs_tol=1e-3)


def test_a_sure_model_is_asked_once_a_token():
    _, model = search({"": {A: 1.0}, "a": {B: 1.0}, "ab": {NEWLINE: 1.0}})
    assert model.runs == [(), (A,), (A, B)]


def test_a_line_end_that_the_mask_does_not_accept_is_no_end():
    table = {"": {A: 0.9}, "a": {NEWLINE: 0.9, B: 0.1}, "ab": {NEWLINE: 0.9}, "a\n": {C: 0.1}}
    found, _ = search(table, Spelled({"ab", "a\n"}, {"ab"}))
    assert [text for text, _ in found] == ["ab"]


def test_a_token_that_holds_more_than_the_line_end_is_cut_at_it():
    table = {"": {A: 0.9}, "a": {CLOSE_LINE: 0.9}}
    found, _ = search(table, Spelled({"ax"}, {"ax"}))
    assert [text for text, _ in found] == ["ax"]


def test_what_only_the_mask_knows_is_found_through_the_whole_mask():
    class Wide(Table):
        def __call__(self, tokens):
            logits = super().__call__(tokens)
            return np.concatenate([logits, np.full(100, logits.max() + 1, np.float32)])

    class Narrow(Spelled):
        def _text(self, more=()):
            return "".join(TEXTS.get(t, "?") for t in (*self.written, *more))

        def allowed(self):
            return np.array([*super().allowed(), 0, 0, 0], dtype=np.int32)

    model = Wide({"": {A: 1.0}, "a": {NEWLINE: 1.0}})
    run = LineSearch(
        run=model, mask=Narrow({"a"}, {"a"}), stop=frozenset((STOP,)), ends={NEWLINE: ()},
        bounds=Bounds(width=1),
    )  # fmt: skip
    run.search(None, lambda: False)
    assert (A,) in model.runs


def test_steps_and_cancelling_bound_the_search():
    endless = {"a" * n: {A: 0.9, B: 0.1} for n in range(40)}
    found, model = search(endless, steps=7)
    assert len(model.runs) == 7
    assert not any(one.finished for _, one in found)
    run = LineSearch(run=model, mask=None, stop=frozenset(), ends={}, bounds=Bounds())
    assert run.search(None, lambda: True) == ()
    assert len(model.runs) == 7


def test_unlikely_hypotheses_are_given_up():
    endless = {"a" * n: {A: 0.5, B: 0.5} for n in range(40)}
    _, model = search(endless, floor=-1.0)
    assert max(map(len, model.runs)) == 1


def test_the_mask_is_left_as_it_was():
    mask = Spelled({"aa", "bc"}, {"bc"})
    search(GARDEN_PATH, mask)
    assert mask.written == []


def healed(typed, prefix="", suffix=""):
    program = compile_mask(Program("python", prefix, suffix), Vocabulary.of_bytes())
    return HealedMask(typed, program, Vocabulary.of_bytes(), lambda text: list(text.encode()))


def test_healing_spells_what_is_typed_and_then_asks_the_mask():
    mask = healed(b"prin", "prin")
    assert not mask.can_stop()
    assert mask.validate(list(b"print(1)")) == 8
    assert mask.validate(list(b"pres")) == 2
    assert mask.accept(list(b"prin"))
    assert mask.can_stop()
    assert mask.validate(list(b" (")) == 2
    assert mask.validate(list(b" )")) == 1
    mask.rollback(2)
    allowed = mask.allowed()
    assert [b for b in range(257) if allowed[b // 32] >> (b % 32) & 1] == [ord("i")]


def test_healing_cuts_a_token_at_the_end_of_what_is_typed():
    vocabulary = Vocabulary.of_bytes()
    vocabulary.__dict__["tokens"] = (b"print(", b"prin)", b"pr", b"t", b"")
    inner = compile_mask(Program("python", "prin"), Vocabulary.of_bytes())
    mask = HealedMask(b"prin", inner, vocabulary, lambda text: list(text.encode()))
    assert mask.accept([0])
    mask.rollback(1)
    assert not mask.accept([1])
    assert mask.validate([2, 3]) == 1
    assert mask.validate([4]) == 0

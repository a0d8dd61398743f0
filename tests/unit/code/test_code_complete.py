"""One answer at the cursor: from the model, from static analysis, or an honest nothing."""

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import Cancelled, ConstraintError, InputError, Unsupported
from assistants.model import (
    Cancel,
    Capabilities,
    Chat,
    FillInTheMiddle,
    Line,
    Piece,
    Sampling,
    Token,
)
from assistants.scripted import Scripted
from code_assist import Position, Source, complete


def at(marked, language="python"):
    offset = marked.index("|")
    source = Source(text=marked.replace("|", "", 1), language=language, path=f"a.{language}")
    return source, source.position(offset)


def fill(marked, *replies, language="python", **options):
    source, position = at(marked, language)
    model = Scripted(replies) if replies else None
    options = {"strictness": "syntax", **options}
    answer = complete(source, position, model=model, known=(), **options)
    return answer.best.candidate.text() if answer.best else None


def test_the_rest_of_a_line():
    assert fill("def f(r):\n    return |\n", "3 * r ** 2\n\nprint(f(1))") == "3 * r ** 2"


def test_a_block_where_one_begins_and_only_that_block():
    written = (
        "total = 0\n    for x in xs:\n        total += x\n    return total\n\n\ndef g():\n    pass"
    )
    wanted = "total = 0\n    for x in xs:\n        total += x\n    return total"
    assert fill("def f(xs):\n    |\n", written) == wanted


def test_a_block_that_has_a_body_already_gets_one_line():
    marked = "def f(xs):\n    |\n    return total\n"
    assert fill(marked, "total = sum(xs)\n    print(total)") == "total = sum(xs)"


def test_the_header_of_a_block_is_shown_with_a_body():
    marked = "def f(x):\n  y = 1\n  |\n  return y\n"
    shown = fill(marked, "if x > 1:\n", "y = x\n  return y\n", "while x:\n")
    assert shown == "if x > 1:\n    y = x"


def test_a_java_header_is_shown_with_a_body_and_its_bracket():
    marked = "class A {\n  int f(int n) {\n    |\n    return 2;\n  }\n}\n"
    replies = ("while (n > 1) {\n", "n--;\n")
    shown = fill(marked, *replies, language="java", strictness="none")
    assert shown == "while (n > 1) {\n      n--;\n    }"


def test_a_header_without_a_body_is_not_shown():
    assert fill("def f(x):\n    |\n    return 1\n", *["if x > 1:\n", ") ) )\n"] * 3) is None


def test_a_java_block_keeps_its_closing_bracket():
    marked = "class A {\n  int f(int n) {\n    if (n > 1) {\n      |\n  }\n}\n"
    written = "return n;\n    }\n    return 2;\n  }\n"
    assert fill(marked, written, language="java") == "return n;\n    }"


def test_a_closing_bracket_that_stands_there_is_not_repeated():
    assert fill("print(|)\n", "value, 2)\n") == "value, 2"


def test_a_closing_bracket_that_is_needed_twice_is_kept():
    assert fill("print(|)\n", "len(value)") == "len(value)"


def test_the_longest_part_that_parses_is_kept():
    assert fill("x = 1\ny = |\n", "compute(x) + +* 3") == "compute(x)"


def test_what_never_parses_is_refuted_and_told():
    source, position = at("x = |\n")
    answer = complete(source, position, model=Scripted([")))))", "]]]]]", "}}}}}"]), known=())
    assert answer.status is Status.ABSTAINED
    assert "would not parse" in answer.reason
    assert [step.verdict for step in answer.steps] == [Verdict.REFUTED] * 3


def test_a_second_attempt_mends_the_first():
    marked = "def f(x):\n    y = 1\n    |\n    return x\n"
    assert fill(marked, "return x", "y = x * 2") == "y = x * 2"


@pytest.mark.parametrize("noise", ["x", ")", "x1", "1 2"])
def test_nothing_of_one_to_three_characters(noise):
    assert fill("y = |\n", noise, noise, noise) is None


def test_an_empty_reply_is_an_abstention_with_its_reason():
    source, position = at("y = |\n")
    answer = complete(source, position, model=Scripted(["", " ", "\n"]), known=())
    assert answer.status is Status.ABSTAINED
    assert answer.reason.startswith("the model is not sure enough")


def test_a_well_formed_completion_is_never_called_proved():
    source, position = at("y = |\n")
    answer = complete(source, position, model=Scripted(["abs(-1.5)"]))
    assert answer.status is Status.ANSWERED
    assert answer.verdict is Verdict.UNKNOWN
    assert {check.verdict for check in answer.evidence} == {Verdict.PROVED}


def test_line_ends_of_the_file_are_used():
    marked = "def f(xs):\r\n    |\r\n"
    assert fill(marked, "a = 1\n    return a") == "a = 1\r\n    return a"


def test_a_file_broken_elsewhere_still_gets_completions():
    marked = "def broken(:\n    pass\n\ndef f(radius):\n    x = |\n    return x\n"
    assert fill(marked, "radius * (2") == "radius"


def test_the_row_says_what_to_replace():
    source, position = at("é = |\n")
    row = complete(source, position, model=Scripted(["abs(-1.5)"])).to_dict()
    assert row["completion"] == "abs(-1.5)"
    assert row["range"] == {"start": {"line": 0, "column": 4}, "end": {"line": 0, "column": 4}}
    assert row["origin"] == "model"


def test_the_model_is_asked_to_fill_in_the_middle_under_the_syntax_constraint():
    source, position = at("def f():\n    return |\n\nprint(f())\n")
    model = Scripted(["abs(-1.5)"])
    complete(source, position, model=model, sampling=Sampling(max_tokens=17))
    (call,) = model.calls
    assert isinstance(call.prompt, FillInTheMiddle)
    assert call.prompt.prefix == "def f():\n    return "
    assert call.prompt.suffix == "\n\nprint(f())\n"
    assert call.prompt.language == "python"
    assert call.sampling.max_tokens == 17
    assert (call.constraint.prefix, call.constraint.language) == ("def f():\n    return ", "python")


def test_a_chat_model_is_asked_in_words_and_its_fence_is_dropped():
    source, position = at("y = |\n")
    chat = Capabilities(context_length=4096, chat=True)
    model = Scripted(["```python\nabs(-1.5)\n```"], capabilities=chat)
    answer = complete(source, position, model=model)
    assert isinstance(model.calls[0].prompt, Chat)
    assert model.calls[0].prompt.messages[-1].content == "y = <CURSOR>\n"
    assert answer.best.candidate.text() == "abs(-1.5)"


def test_a_model_that_can_do_neither_is_refused_by_name():
    source, position = at("y = |\n")
    model = Scripted(["x"], capabilities=Capabilities(context_length=4096))
    with pytest.raises(Unsupported, match="scripted"):
        complete(source, position, model=model)


class Endless:
    """A model that writes for ever and counts how much."""

    name = "endless"
    capabilities = Capabilities(context_length=4096, fill_in_the_middle=True)

    def __init__(self, piece, cancel_after=None):
        self.piece, self.cancel_after, self.count = piece, cancel_after, 0

    def stream(self, prompt, /, *, constraint=None, sampling=None, cancel=None):
        while not (cancel and cancel.cancelled):
            self.count += 1
            if self.cancel_after == self.count:
                cancel.cancel()
            yield Token(text=self.piece)
        yield Token(text="", finish="cancelled")


def test_decoding_stops_at_the_end_of_the_line():
    source, position = at("value = 1\ny = |\n")
    model = Endless("value\n")
    answer = complete(source, position, model=model, known=())
    assert answer.best.candidate.text() == "value"
    assert model.count <= 2
    assert answer.usage.completion_tokens == model.count


class Guessing(Endless):
    """A model that says how unlikely each of its tokens is."""

    def __init__(self, logprob, piece="a + "):
        super().__init__(piece)
        self.logprob = logprob

    def stream(self, prompt, /, **options):
        for token in super().stream(prompt, **options):
            if self.count > 90:
                return
            yield Token(text=token.text, id=1, logprob=self.logprob)


def test_a_guess_is_given_up_early_and_not_tried_again():
    source, position = at("y = |\n")
    model = Guessing(-3.0)
    answer = complete(source, position, model=model, known=())
    assert answer.status is Status.ABSTAINED
    assert answer.reason.startswith("the model is not sure enough")
    assert model.count < 10


def test_a_sure_model_is_heard():
    source, position = at("value = 1\ny = |\n")
    answer = complete(source, position, model=Guessing(-0.1, "value, "), known=())
    assert answer.status is Status.ANSWERED
    assert answer.best.candidate.text().startswith("value,")


class Refusing(Endless):
    """A model that finds no end of the program within its budget."""

    def stream(self, prompt, /, **options):
        raise ConstraintError("the program cannot be completed within 9 tokens")
        yield


def test_where_no_program_can_be_reached_nothing_is_proposed_and_nobody_is_troubled():
    source, position = at("y = |\n")
    answer = complete(source, position, model=Refusing("x"), known=())
    assert answer.status is Status.ABSTAINED


def test_a_text_with_an_unknown_name_is_cut_before_it_or_refused():
    marked = "def f(radius):\n    y = |\n    return y\n"
    assert fill(marked, "radius + missing", strictness="names") == "radius"
    source, position = at(marked)
    answer = complete(source, position, model=Scripted(["missing"] * 3), known=())
    assert answer.status is Status.ABSTAINED
    assert "a name that nothing here defines" in answer.reason


def test_names_are_part_of_the_constraint_unless_it_is_relaxed():
    source, position = at("def f(radius):\n    return |\n")
    for strictness, expected in (("names", True), ("syntax", False)):
        model = Scripted(["radius * 2"])
        complete(source, position, model=model, known=(), strictness=strictness)
        assert (model.calls[0].constraint.names is not None) is expected
    model = Scripted(["radius * 2"])
    complete(source, position, model=model, known=(), strictness="none")
    assert model.calls[0].constraint is None


class Searching(Scripted):
    """A model that finds several ends of a line."""

    def lines(self, prompt, /, *, constraint=None, floor=0.0, cancel=None):
        self.asked = (constraint, floor)
        means = (
            (" radus * 2000", -0.05),
            ("radius * 2", -0.2),
            ("radius * 3", -0.3),
            ("radius", -9.0),
        )
        return tuple(Line(pieces=(Piece(text, mean),)) for text, mean in means)


def test_a_line_is_searched_for_and_its_next_best_end_stands_in_for_a_refuted_one():
    source, position = at("def f(radius):\n    return |\n")
    answer = complete(source, position, model=Searching([]), known=())
    assert answer.best.candidate.text() == "radius * 2"
    assert [step.verdict for step in answer.steps] == [Verdict.REFUTED, Verdict.UNKNOWN]


def test_what_the_search_itself_calls_unlikely_is_not_shown():
    source, position = at("def f(radius):\n    return |\n    return radius * 2 + radius * 3\n")
    answer = complete(source, position, model=Searching([]), known=(), strictness="none")
    assert "radius" not in [step.candidate.text() for step in answer.steps]


def test_cancelling_stops_decoding():
    source, position = at("y = |\n")
    model = Endless("a + ", cancel_after=5)
    with pytest.raises(Cancelled):
        complete(source, position, model=model, cancel=Cancel())
    assert model.count == 5


def test_a_place_that_is_not_there_is_refused():
    source, _ = at("x|\n")
    with pytest.raises(InputError, match="no line 9"):
        complete(source, Position(8, 0), model=None)


def test_without_a_model_static_analysis_completes_a_name():
    source, position = at("def compute_total(items):\n    return 1\n\nx = compu|\n")
    answer = complete(source, position, model=None)
    assert answer.best.candidate.text() == "compute_total"
    assert answer.best.candidate.origin == "analysis"
    assert source.replace(answer.best.candidate.span, "compute_total").text.endswith(
        "x = compute_total\n"
    )


def test_without_a_model_and_a_name_it_abstains():
    source, position = at("x = |\n")
    answer = complete(source, position, model=None)
    assert answer.status is Status.ABSTAINED
    assert answer.reason.startswith("no model is loaded")


def test_without_a_model_a_short_rest_of_a_name_is_still_an_answer():
    source, position = at("def area(radius):\n    return rad|\n")
    assert complete(source, position, model=None).best.candidate.text() == "radius"

"""Edits by rules and by a model: made, verified, or refused with a reason."""

import ast

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError
from assistants.model import Capabilities
from assistants.scripted import Scripted
from code_assist import Source
from code_assist.editing import edit, explain

CODE = """def price(net, rate=0.2, *, label="x"):
    if net < 0:
        raise ValueError("net is wrong")
    tax = net * rate
    gross = net + tax
    print(label, gross)
    return net is not None


class Shop:
    def open(self, hour):
        return hour
"""


def source() -> Source:
    return Source(text=CODE, language="python", path="shop.py")


def changed(instruction: str, first: int = 1, last: int = 0, **options) -> str:
    answer = edit(source(), first, last or first, instruction, **options)
    assert answer.status is Status.ANSWERED, answer.reason
    return answer.best.candidate.after


def reason(instruction: str, first: int = 1, last: int = 0, **options) -> str:
    answer = edit(source(), first, last or first, instruction, **options)
    assert answer.status is Status.ABSTAINED
    return answer.reason


def test_a_docstring_says_what_the_code_shows() -> None:
    after = changed("Add a docstring.", 4, 5)
    (function, _) = ast.parse(after).body
    said = ast.get_docstring(function)
    assert said.startswith("Return whether it is price.")
    assert "rate (float): The rate; 0.2 by default." in said
    assert "ValueError: Net is wrong." in said
    assert ast.dump(ast.Module(function.body[1:], [])) == ast.dump(
        ast.Module(ast.parse(CODE).body[0].body, [])
    )


def test_type_hints_are_those_that_follow_for_certain() -> None:
    after = changed("add type hints")
    assert 'def price(net, rate: float=0.2, *, label: str="x") -> bool:' in after


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("def is_open(shop):\n    return shop.open\n", "Return whether it is open."),
        ("def load_config(path):\n    return path\n", "Load the config."),
        ("def empty(shop):\n    return not shop.items\n", "Return whether it is empty."),
        ("def windows(items):\n    yield items\n", "Yield the windows."),
        ("def get_name(user):\n    return user.name\n", "Return the name."),
    ],
)
def test_the_first_line_of_a_docstring_is_a_sentence(code: str, first: str) -> None:
    made = edit(Source(text=code, language="python", path="a.py"), 1, 2, "add a docstring")
    (function,) = ast.parse(made.best.candidate.after).body
    assert ast.get_docstring(function) == first


def test_a_guard_is_for_the_one_argument_that_is_needed() -> None:
    code = "def cut(text, sep='-'):\n    return text.split(sep)\n"
    made = edit(Source(text=code, language="python", path="a.py"), 1, 2, "add a guard against none")
    assert "if text is None:" in made.best.candidate.after


def test_nothing_is_guessed() -> None:
    assert "no type follows" in reason("add type hints", 11)


def test_a_guard_comes_first() -> None:
    after = changed("guard against None net")
    assert (
        'label="x"):\n    if net is None:\n        raise ValueError("net is None")\n    if' in after
    )
    assert "no parameter 'tax'" in reason("guard against zero tax")


def test_a_local_name_is_renamed_wherever_it_stands_and_nowhere_else() -> None:
    after = changed("rename tax to vat", 4)
    assert "    vat = net * rate\n    gross = net + vat\n" in after
    assert "parameter" in reason("rename net to base", 4)
    assert "in use already" in reason("rename tax to gross", 4)
    assert "comes from outside" in reason("rename print to show", 4)


def test_statements_become_a_function_with_what_they_need_and_give() -> None:
    after = changed("extract function taxed", 4, 5)
    assert after.startswith(
        "def taxed(net, rate):\n    tax = net * rate\n    gross = net + tax\n    return gross\n\n\n"
    )
    assert "    gross = taxed(net, rate)\n    print(label, gross)\n" in after
    assert "leaves its block" in reason("extract function f", 6, 7)


def test_what_no_rule_knows_needs_a_model_that_takes_instructions() -> None:
    assert "no model is set" in reason("make it faster")
    fill_in = Scripted(["x"], capabilities=Capabilities(context_length=100))
    assert "takes no instructions" in reason("make it faster", model=fill_in)


def test_a_models_edit_is_kept_once_it_parses_and_shows_nothing_new() -> None:
    model = Scripted(
        ["    tax = (net *", "    tax = nett * rate", "```python\n    tax = rate * net\n```"]
    )
    answer = edit(source(), 4, 4, "swap the factors", model=model)
    assert answer.best.candidate.after == CODE.replace("net * rate", "rate * net")
    assert [step.verdict for step in answer.steps] == [
        Verdict.REFUTED,
        Verdict.REFUTED,
        Verdict.UNKNOWN,
    ]
    assert "nett" in answer.steps[1].checks[-1].detail


def test_a_model_that_never_succeeds_changes_nothing() -> None:
    answer = edit(source(), 4, 4, "break it", model=Scripted(["    (", "    (", "    ("]))
    assert answer.status is Status.ABSTAINED
    assert answer.best is None


def test_lines_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="no lines 90 to 90"):
        edit(source(), 90, 90, "add a docstring")


def test_an_explanation_without_a_model_holds_facts_only() -> None:
    answer = explain(source(), 1, 7)
    said = answer.best.candidate.text()
    assert said.startswith("Function price(net, rate=0.2, *, label='x').")
    assert "Line 2: decides by `net < 0`." in said
    assert "Line 3: raises `ValueError('net is wrong')`." in said
    assert "Calls ValueError, print." in said


def test_a_models_words_are_marked_as_unchecked() -> None:
    answer = explain(source(), 4, 4, model=Scripted(["It taxes."]))
    assert answer.best.candidate.text().startswith("It taxes.\n")
    assert "prose is unchecked" in [check.detail for check in answer.evidence]

"""A model that can repair is asked for a broken line; what it writes is tried like any other fix."""

from assistants.model import Capabilities, Marked, Marker
from assistants.scripted import Scripted
from code_assist import Source, diagnose, fixes
from code_assist.model_fixes import asked

MARKED = Capabilities(context_length=512, markers=frozenset(("python", "check", "repair")))
WRONG = "    return sum((x fr x a iff x]"  # no single edit mends it
RIGHT = "    return sum(x for x in a if x)"
SOURCE = Source(text=f"def f(a):\n{WRONG}\n", language="python")


def offered(reply: str, capabilities: Capabilities = MARKED):
    error = next(one for one in diagnose(SOURCE) if one.code == "syntax-error")
    model = Scripted([reply], capabilities=capabilities)
    return error, model, fixes(SOURCE, error, model=model)


def test_a_line_that_mends_the_file_is_offered():
    error, model, (fix,) = offered(RIGHT)
    assert SOURCE.replace(fix.span, fix.new_text).text == f"def f(a):\n{RIGHT}\n"
    assert model.calls[0].prompt == Marked(
        (Marker("python"), "def f(a):\n", WRONG, Marker("check"), error.message, Marker("repair"))
    )


def test_a_line_that_does_not_is_not():
    assert offered("    return sum(x for x in a if")[2] == ()


def test_a_model_without_the_marker_is_not_asked():
    _, model, found = offered(RIGHT, Capabilities(context_length=512))
    assert not model.calls
    assert found == ()


def test_what_stands_far_above_is_left_out_at_a_line():
    text = "".join(f"x{number} = {number}\n" for number in range(500)) + "y = (\n"
    prompt = asked(Source(text=text, language="python"), 500, "never closed")
    above = prompt.parts[1]
    assert isinstance(above, str)
    assert above.startswith("x")
    assert len(above) <= 900
    assert prompt.parts[2:] == ("y = (", Marker("check"), "never closed", Marker("repair"))

"""A model that can repair is told what the linked items say against its query."""

from pathlib import Path

from assistants.answer import Status
from assistants.model import Capabilities, Marked, Marker
from assistants.scripted import Scripted
from sql_agent import ask

QUESTION = "how many accounts does the typical savings client have?"
WRONG = "measure avg count accounts per customers"
RIGHT = f"{WRONG}; where accounts.kind = V0"
CAN = frozenset(("question", "query", "schema", "check", "repair"))


def test_a_value_that_was_left_out_is_put_in(bank_duckdb: Path) -> None:
    model = Scripted([WRONG, RIGHT], capabilities=Capabilities(context_length=512, markers=CAN))
    answer = ask(str(bank_duckdb), QUESTION, model=model)
    assert answer.status is Status.ANSWERED, answer.reason
    asked = model.calls[1].prompt
    assert isinstance(asked, Marked)
    assert asked.parts[-4:-1] == (WRONG, Marker("check"), "V0 is not used: savings")
    assert asked.parts[-1] == Marker("repair")
    assert model.calls[1].constraint == model.calls[0].constraint


def test_a_model_without_the_marker_is_not_asked_again(bank_duckdb: Path) -> None:
    markers = CAN - {"repair"}
    model = Scripted([WRONG], capabilities=Capabilities(context_length=512, markers=markers))
    assert ask(str(bank_duckdb), QUESTION, model=model).status is Status.ABSTAINED
    assert len(model.calls) == 1

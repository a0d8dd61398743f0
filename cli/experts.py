"""Which experts of the bundled model fire for code, mathematics and queries, drawn in a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistants.answer import SCHEMA, Json
from assistants.errors import InputError
from assistants.model import Marked, Marker

from .demo import EXAMPLES, PROBLEMS, QUESTIONS
from .output import Output
from .render import emit_table

if TYPE_CHECKING:
    from assistants.backends.bundled import Bundled
    from assistants.model import Model, Prompt

Loads = list[list[int]]
"""How often each expert of each layer was chosen."""

LEVELS = "▁▂▃▄▅▆▇█"
MEAN_LEVEL = 3
"""Which of them a load of the mean has; twice the mean and more is the highest."""
MORE_PROBLEMS = (
    "differentiate x^3 sin(x)",
    "A train goes 120 km in 1.5 hours. How fast is it in km per hour?",
    "Three pens and two books cost 19 dollars. A book costs 5 dollars. What does a pen cost?",
)


def show_experts(out: Output, model: "Model | None", name: str) -> None:
    """Run the demo's files and questions, and draw which experts they went through."""
    from assistants.backends.bundled import Bundled

    if not isinstance(model, Bundled):
        raise InputError(
            f"the routing of {name} cannot be seen", hint="bundled and onnx:FILE show theirs"
        )
    loads = {title: _total(model, prompts) for title, prompts in samples(model).items()}
    loads["all"] = _sum(list(loads.values()))
    layers = range(len(loads["all"]))
    data: list[list[Json]] = [
        [layer + 1, *(drawn(load[layer]) for load in loads.values())] for layer in layers
    ]
    data.append(["worst", *(f"{max(map(uneven, load)):.2f}" for load in loads.values())])
    shares: dict[str, Json] = {
        title: [[round(one / max(sum(row), 1), 4) for one in row] for row in load]
        for title, load in loads.items()
    }
    worst: dict[str, Json] = {
        title: round(max(map(uneven, load)), 3) for title, load in loads.items()
    }
    found: dict[str, Json] = {"schema": SCHEMA, "name": name, "shares": shares, "worst": worst}
    emit_table(out, ["layer", *loads], data, found)
    out.note(
        f"each mark is an expert's share of a layer's tokens ({LEVELS[MEAN_LEVEL]} the mean); "
        "worst: the busiest expert over the mean"
    )


def samples(model: "Model") -> Mapping[str, Sequence["Prompt"]]:
    """What is run for each task: the demo's files and questions as the assistants ask them."""
    return {
        "Python": [_code("python", "ledger.py")],
        "Java": [_code("java", "Ledger.java")],
        "mathematics": list(_problems(model)),
        "SQL": list(_questions(model)),
    }


def _code(language: str, file: str) -> Marked:
    return Marked((Marker(language), (EXAMPLES / file).read_text(encoding="utf-8")))


def _problems(model: "Model") -> Iterator["Prompt"]:
    from math_solver.proposers import model_prompt
    from math_solver.reading import read_question

    for problem in (*PROBLEMS, *MORE_PROBLEMS):
        prompt = model_prompt(model, read_question(problem))
        if prompt is not None:
            yield prompt


def _questions(model: "Model") -> Iterator["Prompt"]:
    from sql_agent.database import resolve
    from sql_agent.linking import link, linked_items
    from sql_agent.model_proposer import prompt_for
    from sql_agent.workspace import open_workspace

    for database, question in QUESTIONS:
        workspace = open_workspace(resolve(database))
        prompt = prompt_for(question, linked_items(link(question, workspace), workspace), model)
        if prompt is not None:
            yield prompt


def _total(model: "Bundled", prompts: Sequence["Prompt"]) -> Loads:
    return _sum([model.expert_loads(prompt) for prompt in prompts])


def _sum(loads: Sequence[Loads]) -> Loads:
    """Add tables of one shape."""
    return [[sum(cells) for cells in zip(*rows, strict=True)] for rows in zip(*loads, strict=True)]


def drawn(row: Sequence[int]) -> str:
    """One mark an expert, its height by the load."""
    mean = max(sum(row) / len(row), 1e-9)
    marks = (round(MEAN_LEVEL * load / mean) for load in row)
    return "".join(LEVELS[min(mark, len(LEVELS) - 1)] for mark in marks)


def uneven(row: Sequence[int]) -> float:
    """The load of the busiest expert over the mean; 1 is even, as many as experts is collapse."""
    return max(row) * len(row) / max(sum(row), 1)

"""`plumb models`: which models can be named, what is there, and what one can do."""

from dataclasses import asdict
from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import load_model, session_of

app = group(
    "Show which models can be used, and what one can do.",
    "plumb models list\nplumb models show bundled\n"
    "plumb models show http://localhost:11434/v1#qwen3\n"
    "plumb models show --experts",
)


@app.command(cls=Command, name="list")
def list_models(
    ctx: typer.Context, *, form: FormatOption = Format.TEXT, json: JsonOption = False
) -> None:
    """List every way to name a model, and whether it can be used here."""
    out = session_of(ctx).output(form, json=json)
    from assistants import registry

    found = registry.describe()
    models: list[Json] = [asdict(item) for item in found]
    columns = ["name", "here", "what it is"]
    data = [
        [item.name, "yes" if item.available else "no", item.reason or item.summary]
        for item in found
    ]
    emit_table(out, columns, data, {"schema": SCHEMA, "models": models})


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    *,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="By default, the model of the settings.", show_default=False
        ),
    ] = None,
    experts: Annotated[
        bool, typer.Option("--experts", help="Draw which experts fire for which task.")
    ] = False,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Load a model and show what it can do."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    wanted = session.settings(model=name).model
    model = load_model(out, wanted)
    if experts:
        from .experts import show_experts

        show_experts(out, model, wanted)
        return
    facts: dict[str, Json] = {"name": wanted, "loaded": model is not None}
    if model is not None:
        can = model.capabilities
        facts |= {
            "context_length": can.context_length,
            "constraints": sorted(can.constraints),
            "markers": sorted(name for name in can.markers if not name.startswith("reserved_")),
            "fill_in_the_middle": can.fill_in_the_middle,
            "chat": can.chat,
            "logprobs": can.logprobs,
            "score": can.score,
            "prefix_cache": can.prefix_cache,
            "batch": can.batch,
        }
    data: list[list[Json]] = [[key, _fact(value)] for key, value in facts.items()]
    emit_table(out, ["what", "this model"], data, {"schema": SCHEMA, **facts})


def _fact(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)

"""`plumb explain`: what some lines do."""

import typer

from .edit import RangeArgument, parse_range
from .options import Format, FormatOption, JsonOption, ModelOption
from .render import emit
from .rows import exit_code, text_of
from .session import load_model, session_of


def explain(
    ctx: typer.Context,
    *,
    place: RangeArgument,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Say what some lines do: facts of the syntax tree, and a model's words where one chats."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    file, first, last = parse_range(place)
    import code_assist
    from code_assist.editing import explain as tell

    source = code_assist.Source.read(file)
    chosen = load_model(out, session.settings(model=model).model)
    with out.busy("reading"):
        row = tell(source, first, last, model=chosen).to_dict()
    if out.form is Format.TEXT and row["status"] == "answered" and not out.interactive:
        out.raw(text_of(row["answer"]))
    else:
        emit(out, row)
    raise typer.Exit(exit_code(row))

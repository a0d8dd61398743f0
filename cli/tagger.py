"""`plumb tagger`: train a tagger of names in notes from tagged text, and measure it."""

from pathlib import Path
from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import session_of

app = group(
    "Train a tagger for names of diseases and chemicals that the word lists lack.",
    "plumb tagger train train.tsv -o names.npz\nplumb tagger test names.npz devel.tsv\n"
    "plumb extract note.txt --tagger names.npz",
)
DataArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DATA.tsv",
        help="A word, a tab and its tag on each line (B-Disease, I-Disease, O), an empty line "
        "between sentences.",
        show_default=False,
    ),
]


@app.command(cls=Command)
def train(
    ctx: typer.Context,
    *,
    data: DataArgument,
    file: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The tagger.")],
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="How often all is seen.")] = 8,
    seed: Annotated[int, typer.Option("--seed", help="Of the order of sentences.")] = 0,
) -> None:
    """Train a tagger on sentences with their tags."""
    out = session_of(ctx).output(Format.TEXT)
    from sql_agent.clinical import tagger

    sentences = tagger.read_iob(data)
    with out.busy("training"):
        made = tagger.train(sentences, epochs=epochs, seed=seed)
    tagger.save(made, file)
    out.note(f"wrote {file}, from {len(sentences)} sentences")


@app.command(cls=Command, name="test")
def measure(
    ctx: typer.Context,
    *,
    model: Annotated[
        Path, typer.Argument(metavar="TAGGER", help="What train wrote.", show_default=False)
    ],
    data: DataArgument,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Show precision, recall and F1 of whole names on other sentences."""
    out = session_of(ctx).output(form, json=json)
    from sql_agent.clinical import tagger

    with out.busy("tagging"):
        scores = tagger.f1(tagger.load(model), tagger.read_iob(data))
    found: dict[str, Json] = {name: round(value, 2) for name, value in scores.items()}
    rows: list[list[Json]] = [[name.replace("_", " "), value] for name, value in found.items()]
    emit_table(out, ["measure", "percent"], rows, {"schema": SCHEMA, **found})

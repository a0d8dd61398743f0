"""`plumb risk`: train a transaction risk score from few labels, and score with it."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import SCHEMA, Json
from assistants.errors import InputError, OutputError

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import session_of

if TYPE_CHECKING:
    from sql_agent.risk import Score

app = group(
    "Score the risk of transactions.",
    "plumb risk train finance -o fraud.npz\n"
    "plumb risk score fraud.npz finance --top 10\n"
    "plumb risk score fraud.npz finance -o scored.duckdb\n"
    'plumb ask scored.duckdb "the riskiest ten transfers yesterday and why"',
)
SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A database with a table transactions, a .csv file, or simulated:DAYS.",
        show_default=False,
    ),
]


@app.command(cls=Command)
def train(
    ctx: typer.Context,
    *,
    source: SourceArgument,
    file: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The model.")],
    labels: Annotated[int, typer.Option("--labels", min=50, help="Labels to choose.")] = 500,
    delay: Annotated[
        int, typer.Option("--delay", min=0, max=60, help="Days until labels come back.")
    ] = 7,
    seed: Annotated[int, typer.Option("--seed", help="Of choosing and growing.")] = 0,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Train a score on the first days of a source, and test it on the last."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    address = session.settings().database(source) or source
    from sql_agent import risk

    with out.busy("training"):
        read = risk.load_source(address, seed=seed)
        made = risk.train_source(read, risk.Training(labels=labels, seed=seed), delay=delay)
    risk.save(made.model, file)
    found: dict[str, Json] = {
        "labels": made.labels,
        "tested": made.tested,
        "area_under_curve": _number(made.area),
        "average_precision": _number(made.precision),
        "calibration_error": _number(made.calibration),
    }
    data: list[list[Json]] = [[name.replace("_", " "), value] for name, value in found.items()]
    emit_table(out, ["measure", "value"], data, {"schema": SCHEMA, **found})
    out.note(f"wrote {file}")


@app.command(cls=Command)
def score(
    ctx: typer.Context,
    *,
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="What risk train wrote.", show_default=False)
    ],
    source: SourceArgument,
    top: Annotated[int, typer.Option("--top", min=1, help="Show the riskiest so many.")] = 10,
    file: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="All scores to a .csv file, or to a .duckdb copy for questions.",
            show_default=False,
        ),
    ] = None,
    roles: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            metavar="ROLE",
            help="Let a role see the scores in the .duckdb copy; may be repeated.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Score transactions, each with what raised its score."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    address = session.settings().database(source) or source
    if file is not None and file.suffix not in {".csv", ".duckdb"}:
        raise InputError(f"{file}: scores go to a .csv or a .duckdb file")
    if roles and (file is None or file.suffix != ".duckdb"):
        raise InputError("--role goes with a .duckdb copy", hint="add -o scored.duckdb")
    from sql_agent import risk

    with out.busy("scoring"):
        read = risk.load_source(address)
        scores, drift = risk.score_source(risk.load(model), read)
    if file is not None and file.suffix == ".duckdb":
        risk.write_database(read, scores, file, roles=roles or ())
        out.note(f"wrote {file} and its semantic model")
    elif file is not None:
        _write_csv(file, scores)
        out.note(f"wrote {file}")
    shown = sorted(scores, key=lambda one: -one.chance)[:top]
    data: list[list[Json]] = [
        [one.key, round(one.chance, 4), "; ".join(map(str, one.reasons))] for one in shown
    ]
    kept: list[Json] = [
        {"transaction_id": key, "risk": chance, "reasons": why} for key, chance, why in data
    ]
    moved: dict[str, Json] = {name: round(value, 3) for name, value in drift.items()}
    value: dict[str, Json] = {"schema": SCHEMA, "scores": kept, "drift": moved}
    emit_table(out, ["transaction_id", "risk", "reasons"], data, value)
    if drift:
        out.note(f"drifted since training: {', '.join(drift)}; train again")


def _number(value: float) -> Json:
    return None if value != value else round(value, 4)  # noqa: PLR0124 - not a number


def _write_csv(path: Path, scores: "list[Score]") -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["transaction_id", "risk_score", "risk_reasons"])
            writer.writerows(
                [one.key, f"{one.chance:.6f}", "; ".join(map(str, one.reasons))] for one in scores
            )
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error

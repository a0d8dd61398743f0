"""The command tree, the global flags, and `main`.

One module a command, named after it. Nothing heavy is imported before a command's body runs:
`plumb --help` stays quick, and `plumb query` never pays for the mathematics.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from .ask import ask
from .audit import app as audit_app
from .batch import batch
from .chat import chat
from .check import check
from .complete import complete
from .config import app as config_app
from .demo import demo
from .doctor import doctor
from .edit import edit
from .errors import INTERRUPTED, report
from .explain import explain
from .extract import deidentify, extract
from .fix import fix
from .help import Command, Root, TextCommand
from .lsp import lsp
from .models import app as models_app
from .options import Color
from .output import use_utf8
from .query import query
from .review import app as review_app
from .risk import app as risk_app
from .semantic import app as semantic_app
from .serve import serve
from .session import Session, configure_logging, session_of
from .solve import solve
from .tagger import app as tagger_app
from .test import test
from .tune import EXAMPLES as TUNE_EXAMPLES
from .tune import tune
from .verify import verify
from .version import version

app = typer.Typer(
    name="plumb",
    cls=Root,
    help=(
        "Three assistants that check their own work: code, mathematics, SQL. Offline.\n\n"
        "Every answer comes with its evidence (proved, refuted or unknown), or says that it "
        "has none. Results go to stdout, everything else to stderr."
    ),
    epilog="""plumb demo
        plumb solve "solve x^2 - 5x + 6 = 0"
        plumb ask finance "total balance by branch"
    """,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer calls it
    if value:
        typer.echo(f"plumb {version()}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="More on stderr: -v attempts, -vv log."),
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only results and errors.")] = False,
    color: Annotated[Color, typer.Option("--color", help="When to use colour.")] = Color.AUTO,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Keep the global flags for the command that follows."""
    del show_version  # eager: it has ended the call
    session = session_of(ctx)
    session.verbose, session.quiet, session.color, session.debug = verbose, quiet, color, debug
    session.output()
    configure_logging(verbose, quiet=quiet)
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


for function, examples in (
    (
        solve,
        """plumb solve "solve x^2 - 5x + 6 = 0"
        plumb solve "solve x^2 + 6x = 7" --method square --details full
        plumb solve "integrate x*sin(x) from 0 to pi" --certificate check.py
        echo "A car drives at 60 km per hour for 2.5 hours. How far does it go?" | plumb solve -""",
    ),
    (
        verify,
        """plumb verify "x^2 - 1" "(x-1)*(x+1)"
        plumb verify "x^2 = 4" "x = 2" --chain
        plumb verify - < steps.txt    # a chain of steps, one a line""",
    ),
    (
        ask,
        """plumb ask finance "total balance by branch"
        plumb ask medical "number of encounters by month in 2024" --format csv
        plumb ask ./shop.duckdb "top 5 customers by revenue" --no-chart""",
    ),
    (
        query,
        """plumb query finance "SELECT count(*) FROM customers"
        plumb query ./shop.sqlite - < report.sql""",
    ),
    (
        complete,
        """plumb complete src/shop.py:12:5
        plumb complete Main.java:30:9 --json""",
    ),
    (check, "plumb check src/*.py Main.java"),
    (
        test,
        """plumb test src/shop.py::total
        plumb test src/shop.py --write
        plumb test src/shop.py::Basket.add --seconds 30 --json""",
    ),
    (
        fix,
        """plumb fix src/shop.py --tests tests/test_shop.py
        plumb fix src/shop.py --tests tests --write""",
    ),
    (explain, "plumb explain src/shop.py:12-20"),
    (tune, TUNE_EXAMPLES),
    (
        edit,
        """plumb edit src/shop.py:12-20 "add a docstring"
        plumb edit src/shop.py:12 "rename x to price" --write
        plumb edit src/shop.py:14-16 "extract function total" """,
    ),
    (
        chat,
        """plumb chat math
        plumb chat sql --db medical
        echo "solve 3x = 12" | plumb chat math""",
    ),
    (
        batch,
        """plumb batch solve questions.ndjson -o answers.ndjson
        plumb batch ask questions.ndjson -o answers.ndjson --jobs 2 --retry-failed

        solve:    {"id": 1, "question": "solve 3x = 12"}
        verify:   {"id": 1, "left": "x^2", "right": "x*x"} or {"id": 1, "steps": ["…", "…"]}
        ask:      {"id": 1, "database": "finance", "question": "…"}
        query:    {"id": 1, "database": "finance", "sql": "SELECT …"}
        complete: {"id": 1, "language": "python", "prefix": "…", "suffix": "…"}
        check:    {"id": 1, "path": "shop.py"} or {"id": 1, "language": "java", "text": "…"}""",
    ),
    (demo, "plumb demo"),
    (lsp, "plumb lsp    # editors start this; see editors/"),
    (
        serve,
        """plumb serve
        plumb serve --model hf:PATH-OR-ID --port 9000
        plumb serve --host 0.0.0.0 --keys keys.txt

        GET /v1/models, POST /v1/completions (suffix; "program": {"language": "python"}),
        POST /v1/chat/completions, POST /v1/plumb/solve|verify|ask|query|complete|check (rows as
        in batch), GET /health, /ready, /metrics""",
    ),
    (doctor, "plumb doctor"),
    (
        extract,
        """plumb extract note.txt
        plumb extract note.txt --queue    # then: plumb review list
        plumb extract note.txt --tagger names.npz    # made by plumb tagger train""",
    ),
    (deidentify, "plumb deidentify note.txt > clean.txt"),
):
    app.command(
        cls=TextCommand if function in {solve, verify} else Command,
        epilog=examples,
        context_settings={"help_option_names": ["-h", "--help"]},
    )(function)
app.add_typer(models_app, name="models")
app.add_typer(config_app, name="config")
app.add_typer(semantic_app, name="semantic")
app.add_typer(audit_app, name="audit")
app.add_typer(risk_app, name="risk")
app.add_typer(review_app, name="review")
app.add_typer(tagger_app, name="tagger")


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error ends here."""
    session = Session()
    try:
        command = typer.main.get_command(app)
        code = command.main(args=list(args), prog_name="plumb", standalone_mode=False, obj=session)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the one place that turns errors into codes
        if isinstance(error, SystemExit):
            return error.code if isinstance(error.code, int) else 1
        if session.debug:
            import traceback

            traceback.print_exception(error, file=sys.stderr)
        return report(error, session.out)
    if code == INTERRUPTED:  # typer's word for a KeyboardInterrupt
        return report(KeyboardInterrupt(), session.out)
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry of the console script."""
    use_utf8()
    sys.exit(run(sys.argv[1:]))

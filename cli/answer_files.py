"""An answer of a database written to a file; the ending of its name says how."""

from pathlib import Path

from assistants.errors import InputError, OutputError

from .exports import to_csv, to_markdown
from .output import to_json
from .png import check_png, png_of
from .rows import Row, list_of, text_of

ENDINGS = (".csv", ".html", ".json", ".md", ".parquet", ".png", ".svg")


def check_ending(path: Path) -> None:
    """Refuse a file whose ending says nothing, before anything is asked."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"'{path}' ends in none of {', '.join(ENDINGS)}", hint="the ending says what is written"
        )
    if path.suffix.lower() == ".png":
        check_png()


def write_answer(path: Path, row: Row, question: str) -> None:
    """Write the table, the chart or the page of an answer.

    Raises:
        OutputError: it cannot be written, or there is no chart for an .svg or .png.
    """
    if path.suffix.lower() == ".parquet":
        import sql_agent

        columns = [text_of(name) for name in list_of(row.get("columns"))]
        sql_agent.write_parquet(path, columns, [list_of(line) for line in list_of(row.get("rows"))])
        return
    try:
        path.write_bytes(_data(path, row, question))
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="choose another place"
        ) from error


def _data(path: Path, row: Row, question: str) -> bytes:
    from .chart_files import to_html, to_svg

    ending = path.suffix.lower()
    match ending:
        case ".csv":
            return to_csv(row).encode()
        case ".md":
            return f"{to_markdown(row)}\n".encode()
        case ".json":
            return f"{to_json(row, indent=2)}\n".encode()
        case ".html":
            return to_html(row, question).encode()
        case _:
            drawn = to_svg(row.get("chart"), list_of(row.get("columns")), list_of(row.get("rows")))
            if drawn is None:
                raise OutputError("this answer has no chart", hint="write a .csv or .html instead")
            return png_of(drawn) if ending == ".png" else drawn.encode()

"""`plumb check`: what is wrong in some files, one line a finding."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import SCHEMA, Json
from assistants.errors import InputError

from .options import Format, FormatOption, JsonOption
from .output import Output
from .safe_text import one_line
from .session import session_of

if TYPE_CHECKING:
    from code_assist import Diagnostic

Finding = dict[str, Json]
_SUFFIXES = frozenset({".py", ".pyi", ".java"})
_NOT_OURS = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist", "venv"})


def check(
    ctx: typer.Context,
    *,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Python and Java files, or folders of them.", show_default=False
        ),
    ],
    javac: Annotated[
        bool,
        typer.Option(
            "--javac/--no-javac", help="Ask an installed JDK's compiler too, for Java files."
        ),
    ] = True,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Report what is wrong in files; exit code 1 where something is."""
    out = session_of(ctx).output(form, json=json)
    import code_assist
    from code_assist.javac import diagnose_too

    diagnose = diagnose_too if javac else code_assist.diagnose
    findings: list[Finding] = []
    failed: InputError | None = None
    read = 0
    for file in files_in(files):
        try:
            source = code_assist.Source.read(file)
        except InputError as error:
            out.error(str(error), error.hint)
            failed = error
            continue
        read += 1
        findings += as_findings(str(file), diagnose(source))
    show(out, findings, read, str(failed) if failed else None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)
    raise typer.Exit(1 if verdict_of(findings) == "refuted" else 0)


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and of folders the Python and Java files, without hidden and installed ones."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path).parts
            hidden = any(part.startswith(".") or part in _NOT_OURS for part in inside)
            if file.suffix in _SUFFIXES and file.is_file() and not hidden:
                yield file


def as_findings(path: str, diagnostics: "Sequence[Diagnostic]") -> list[Finding]:
    """Return diagnostics as plain data; lines and columns count from 1."""
    return [
        {
            "path": path,
            "line": item.span.start.line + 1,
            "column": item.span.start.column + 1,
            "end_line": item.span.end.line + 1,
            "end_column": item.span.end.column + 1,
            "severity": str(item.severity),
            "code": item.code,
            "message": item.message,
        }
        for item in diagnostics
    ]


def verdict_of(findings: Sequence[Finding]) -> str:
    """Return refuted where something is wrong; finding nothing proves nothing."""
    wrong = any(finding["severity"] in {"error", "warning"} for finding in findings)
    return "refuted" if wrong else "unknown"


def as_row(findings: Sequence[Finding], error: str | None = None) -> dict[str, Json]:
    """Return the versioned row of some findings, shaped as `Answer.to_dict`.

    `error` is what kept a file from being read: the row is then a failed one.
    """
    count = len(findings)
    return {
        "schema": SCHEMA,
        "status": "failed" if error else "answered",
        "verdict": verdict_of(findings),
        "answer": f"{count} finding{'' if count == 1 else 's'}"
        if count or error
        else "nothing found",
        "steps": [],
        "evidence": [],
        "clarification": None,
        "usage": None,
        "error": error,
        "diagnostics": list(findings),
    }


def show(out: Output, findings: Sequence[Finding], files: int, error: str | None) -> None:
    """Write the findings in the format that was asked for."""
    match out.form:
        case Format.JSON:
            out.json(as_row(findings, error))
        case Format.NDJSON:
            for finding in findings:
                out.json(finding)
        case Format.CSV:
            out.raw(_as_csv(findings))
        case Format.MARKDOWN:
            out.raw("\n".join(f"- {_place(item)} {item['message']}" for item in findings))
        case Format.TEXT:
            _show_text(out, findings, files)


def _place(finding: Finding) -> str:
    return f"{finding['path']}:{finding['line']}:{finding['column']}"


def _as_csv(findings: Sequence[Finding]) -> str:
    names = ("path", "line", "column", "severity", "code", "message")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([finding[name] for name in names] for finding in findings)
    return stream.getvalue()


def _show_text(out: Output, findings: Sequence[Finding], files: int) -> None:
    from rich.text import Text

    for item in findings:
        severity = str(item["severity"])
        style = {"error": "bold red", "warning": "yellow"}.get(severity, "cyan")
        line = Text.assemble(
            (one_line(_place(item)), "bold"),
            " ",
            (severity, style),
            f" {one_line(str(item['message']))}",
        )
        if item["code"]:
            line.append(f"  {one_line(str(item['code']))}", style="dim")
        out.show(line)
    if files and not findings:
        out.note(f"nothing found in {files} file{'' if files == 1 else 's'}")

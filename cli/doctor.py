"""`plumb doctor`: is everything there that plumb needs, and if not, what to do."""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistants.answer import SCHEMA
from assistants.errors import PlumbError

from .options import Format, FormatOption, JsonOption, ModelOption
from .output import Output
from .safe_text import one_line
from .session import Session, session_of

if TYPE_CHECKING:
    from assistants.settings import Settings

_EDITORS = ("code", "codium", "nvim", "vim", "hx", "emacs", "zed")
_GIB = 2**30


class State(StrEnum):
    """What a line says."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; `fix` is what to do about a warning or a failure."""

    name: str
    state: State
    detail: str
    fix: str = ""


def doctor(
    ctx: typer.Context,
    *,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Check the installation; exit code 1 where something fails."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    findings: list[Finding] = []
    for name, check in checks(session, model):
        with out.busy(f"checking {name}"):
            found = examine(name, check)
        findings.append(found)
        if out.form is Format.TEXT:
            show(out, found)
    failed = [finding for finding in findings if finding.state is State.FAIL]
    if out.form is Format.TEXT:
        summarize(out, findings)
    else:
        out.json(
            {"schema": SCHEMA, "ok": not failed, "checks": [asdict(item) for item in findings]}
        )
    raise typer.Exit(1 if failed else 0)


def checks(session: Session, model: str | None) -> tuple[tuple[str, Callable[[], Finding]], ...]:
    """Return what is looked at, in the order of the report."""
    return (
        ("python", _python),
        ("machine", _machine),
        ("settings", lambda: _settings(session.settings(model=model))),
        ("model", lambda: _model(session.settings(model=model).model)),
        ("grammars", _grammars),
        ("mathematics", _mathematics),
        ("finance", lambda: _database("finance")),
        ("medical", lambda: _database("medical")),
        ("cache", lambda: _cache(session.settings().cache_dir)),
        ("disk", lambda: _disk(session.settings().cache_dir)),
        ("command", _command),
        ("editor", _editor),
        ("torch", _torch),
    )


def examine(name: str, check: Callable[[], Finding]) -> Finding:
    """Run one check; whatever it raises is a failure with its hint."""
    try:
        return check()
    except PlumbError as error:
        return Finding(name=name, state=State.FAIL, detail=str(error), fix=error.hint)
    except Exception as error:  # noqa: BLE001 - a broken installation can raise anything
        return Finding(
            name=name,
            state=State.FAIL,
            detail=f"{type(error).__name__}: {error}",
            fix="install plumb again: uv tool install --force plumb",
        )


def show(out: Output, finding: Finding) -> None:
    """Write one line, and one more with the fix."""
    from rich.text import Text

    style = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}[finding.state]
    out.show(
        Text.assemble(
            (f"{finding.state.value:<5}", style), f"{finding.name:<12} {one_line(finding.detail)}"
        )
    )
    if finding.fix:
        out.show(Text.assemble(" " * 18, ("fix: ", "bold"), one_line(finding.fix)))


def summarize(out: Output, findings: list[Finding]) -> None:
    """Write how many lines need attention."""
    failed = sum(item.state is State.FAIL for item in findings)
    warned = sum(item.state is State.WARN for item in findings)
    out.show()
    if failed or warned:
        out.show(f"{failed} to fix, {warned} to know about.")
    else:
        out.show("All is well. Next: plumb demo")


def _python() -> Finding:
    version = platform.python_version()
    return Finding(name="python", state=State.OK, detail=f"{version} at {sys.executable}")


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = _memory()
    detail = f"{cores} cores, {platform.machine()}"
    if memory is None:
        return Finding(name="machine", state=State.OK, detail=detail)
    detail += f", {memory / _GIB:.1f} GiB of memory free"
    if memory < 1 * _GIB:
        return Finding(
            name="machine",
            state=State.WARN,
            detail=detail,
            fix="close something: the bundled model and the databases take about 0.5 GiB",
        )
    return Finding(name="machine", state=State.OK, detail=detail)


def _memory() -> int | None:
    """Return the bytes of memory that are free, where the system tells."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _settings(settings: "Settings") -> Finding:
    return Finding(
        name="settings", state=State.OK, detail=f"model {settings.model} (plumb config show)"
    )


def _model(name: str) -> Finding:
    from assistants import registry

    model = registry.load(name)
    if model is None:
        return Finding(
            name="model",
            state=State.WARN,
            detail="switched off: rules and symbols alone answer",
            fix="plumb doctor --model bundled",
        )
    from assistants.model import Chat, FillInTheMiddle, Message, Sampling, generate

    prompt = (
        FillInTheMiddle(prefix="def add(a, b):\n    return ", language="python")
        if model.capabilities.fill_in_the_middle
        else Chat((Message("user", "Say yes."),))
    )
    made = generate(model, prompt, sampling=Sampling(max_tokens=4))
    return Finding(
        name="model",
        state=State.OK,
        detail=f"{model.name} loads, tokenizes and wrote {made.usage.completion_tokens} tokens",
    )


def _grammars() -> Finding:
    import code_assist

    for language, text in (("python", "x = 1\n"), ("java", "class A {}\n")):
        code_assist.diagnose(code_assist.Source(text=text, language=language))
    return Finding(name="grammars", state=State.OK, detail="Python and Java load and parse")


def _mathematics() -> Finding:
    import math_solver

    answer = math_solver.verify("2*(x+1)", "2*x+2", seconds=60)
    if answer.verdict != "proved":
        return Finding(
            name="mathematics",
            state=State.FAIL,
            detail=f"2*(x+1) = 2*x+2 came out {answer.verdict.value}: {answer.reason}",
            fix="run it again on a quieter machine; then reinstall plumb",
        )
    return Finding(name="mathematics", state=State.OK, detail="proves 2*(x+1) = 2*x+2")


def _database(name: str) -> Finding:
    import sql_agent

    answer = sql_agent.query(name, "SELECT 1 AS one")
    if answer.status != "answered":
        return Finding(
            name=name,
            state=State.FAIL,
            detail=answer.reason or answer.status.value,
            fix=f'plumb query {name} "SELECT 1" --debug',
        )
    return Finding(name=name, state=State.OK, detail="the bundled database answers")


def _cache(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            name="cache",
            state=State.FAIL,
            detail=f"{folder} cannot be written: {error.strerror}",
            fix="make it writable, or set PLUMB_CACHE_DIR to a folder that is",
        )
    return Finding(name="cache", state=State.OK, detail=f"{folder} can be written")


def _disk(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / _GIB:.1f} GiB free at {existing}"
    if free < _GIB // 2:
        return Finding(
            name="disk", state=State.WARN, detail=detail, fix="free some: 0.5 GiB is comfortable"
        )
    return Finding(name="disk", state=State.OK, detail=detail)


def _command() -> Finding:
    path = shutil.which("plumb")
    if path is None:
        return Finding(
            name="command",
            state=State.WARN,
            detail="`plumb` is not on the PATH, so editors cannot start it",
            fix="uv tool install plumb, or add the folder of its script to PATH",
        )
    return Finding(name="command", state=State.OK, detail=f"{path} lsp is what editors start")


def _editor() -> Finding:
    found = [name for name in _EDITORS if shutil.which(name)]
    if not found:
        return Finding(
            name="editor",
            state=State.WARN,
            detail="no editor's command line was found",
            fix="for VS Code: Command Palette, “Install 'code' command in PATH”; see docs/editors/",
        )
    return Finding(name="editor", state=State.OK, detail=", ".join(found))


def _torch() -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(
            name="torch",
            state=State.OK,
            detail="not installed; only hf: models and training need it (plumb[torch])",
        )
    return Finding(name="torch", state=State.OK, detail="installed: hf: models can be loaded")

"""`plumb tune`: fine-tune a model on a project's sources or on a file of examples."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import SCHEMA, Json
from assistants.errors import InputError, ModelError

from .options import Format, FormatOption, JsonOption, ModelOption
from .render import emit_table
from .session import session_of

if TYPE_CHECKING:
    from training.tuning import Check, Effort, Outcome, Subject
    from training.tuning_data import Texts

    from .output import Output

EXAMPLES = (
    "plumb tune . -o tuned\n"
    "plumb complete main.py:12:8 --model onnx:tuned/plumb.onnx\n"
    "plumb tune examples.jsonl -o tuned --minutes 60\n"
    "plumb tune . -o adapter --model hf:./Qwen2.5-Coder-0.5B"
)


def tune(
    ctx: typer.Context,
    *,
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="A folder or file of Python and Java, or a .jsonl file of examples.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the result goes.")
    ],
    model: ModelOption = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="Longest time.")] = 15.0,
    steps: Annotated[int, typer.Option("--steps", min=1, help="Most batches.")] = 400,
    check_every: Annotated[
        int, typer.Option("--check-every", min=1, help="Batches between looks at held-out data.")
    ] = 20,
    seed: Annotated[int, typer.Option("--seed", help="Of the order of examples.")] = 0,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Fine-tune a model on your own data, and compare it with what it was.

    All weights of a bundled model; adapters (LoRA) for a Hugging Face model. A tenth of the data is
    held out and decides when to stop; where it gains nothing, nothing is written.
    """
    session = session_of(ctx)
    out = session.output(form, json=json)
    name = session.settings(model=model).model
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty", hint="name a folder that is not there yet")
    if missing := [name for name in ("torch", "onnx") if find_spec(name) is None]:
        raise ModelError(f"tuning needs {missing[0]}", hint="pip install 'plumb[tune]'")
    from training import tuning, tuning_data

    effort = tuning.Effort(minutes=minutes, steps=steps, check_every=check_every, seed=seed)
    with out.busy("reading"):
        texts = tuning_data.read(data)
        subject = _subject(name, texts, effort)
    out.note(f"{len(texts.train)} to learn from, {len(texts.held_out)} held out")
    with out.busy("tuning"):
        outcome = tuning.run(subject, folder, effort, told=lambda check: _tell(out, check))
    _show(out, outcome, name)


def _subject(name: str, texts: "Texts", effort: "Effort") -> "Subject":
    scheme, _, rest = name.partition(":")
    if scheme == "hf":
        from training.lora import Adapted

        return Adapted(rest.partition("?")[0], texts, effort)
    from training.tune_bundled import Bundled

    if scheme == "onnx":
        return Bundled(Path(rest).expanduser(), texts, effort)
    if name == "bundled":
        from assistants.backends.bundled import data_folder

        return Bundled(data_folder() / "plumb.onnx", texts, effort)
    raise InputError(
        f"the model {name!r} cannot be tuned here",
        hint="bundled, onnx:FILE and hf:PATH can; a server's model is tuned where it runs",
    )


def _tell(out: "Output", check: "Check") -> None:
    exact = check.scores.exact
    more = "" if exact is None else f", {exact:.1%} exactly right"
    out.note(
        f"step {check.step}: {check.scores.bits_per_byte:.4f} bits a byte held out"
        f", next token {check.scores.next_token:.1%}{more}"
    )


def _show(out: "Output", outcome: "Outcome", name: str) -> None:
    data: list[list[Json]] = []
    values: dict[str, Json] = {}
    for part, title in (("own", "your held-out data"), ("general", "Python's own library")):
        old, new = getattr(outcome.before, part), getattr(outcome.after, part)
        for key in ("bits_per_byte", "next_token", "exact"):
            before, after = getattr(old, key), getattr(new, key)
            if before is not None:
                values[f"{part}_{key}"] = {"before": before, "after": after}
                data.append([title, _WORDS[key], _shown(key, before), _shown(key, after)])
    facts: dict[str, Json] = {
        "learned": outcome.learned, "held_out": outcome.held_out, "steps": outcome.steps,
        "best_step": outcome.best_step, "tokens": outcome.tokens,
        "seconds": round(outcome.seconds, 1), "ending": outcome.ending,
        "model": _named(outcome.written, name),
    }  # fmt: skip
    emit_table(
        out, ["on", "measure", "before", "after"], data, {"schema": SCHEMA, **values, **facts}
    )
    out.note(f"{outcome.steps} steps, {outcome.tokens:,} tokens; ended by {outcome.ending}")
    if outcome.written is None:
        out.note("nothing was better than the model as it is, so nothing is written")
    else:
        out.note(f"wrote {outcome.written}; use it with --model {facts['model']}")


_WORDS = {
    "bits_per_byte": "bits a byte",
    "next_token": "next token right",
    "exact": "completions exactly right",
}


def _shown(key: str, value: float) -> str:
    return f"{value:.3f}" if key == "bits_per_byte" else f"{value:.1%}"


def _named(written: Path | None, name: str) -> str | None:
    """How the tuned model is named on a command line."""
    if written is None:
        return None
    if not name.startswith("hf:"):
        return f"onnx:{written}"
    return f"{name}{'&' if '?' in name else '?'}adapter={written}"

"""Names to models. Nothing is imported for a model until it is asked for by name.

    none                                 no model: everything by rules
    bundled                              the weights that came with plumb
    ngram                                no weights: code that the texts at hand repeat
    onnx:FILE                            other weights of that format, tokenizer.json beside them
    hf:PATH-OR-ID[?dtype=…&…]            a Hugging Face causal language model, in process
    http(s)://HOST/v1[?flavor=…&…]#NAME  an OpenAI-compatible server
    scripted:FILE                        replies from a file
    NAME or NAME:REST                    an installed package's entry point `plumb.models`

An entry point is a function from the whole name to a `Model`.
"""

import difflib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from .errors import ModelError, ModelNotFound
from .model import Model

GROUP = "plumb.models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One way to name a model, and whether it can be used here."""

    name: str
    summary: str
    available: bool
    reason: str = ""


def load(name: str) -> Model | None:
    """Return the model of that name, or None for `none`.

    Raises:
        ModelNotFound: nothing is called that.
        ModelCorrupt: it is there and does not load.
    """
    name = name.strip()
    if name == "none":
        return None
    scheme, _, rest = name.partition(":")
    if (loader := _LOADERS.get(scheme)) and (bool(rest) != (scheme in _BARE)):
        return loader(name, rest)
    if point := _entry_points().get(scheme):
        return _plugin(point, name)
    known = [*_LOADERS, "none", *_entry_points()]
    near = difflib.get_close_matches(scheme, known, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise ModelNotFound(
        f"there is no model called {name!r}",
        hint=f"{guess}known: none, bundled, ngram, onnx:FILE, hf:PATH-OR-ID, http://HOST/v1#NAME"
        + "".join(f", {plugin}" for plugin in _entry_points()),
    )


def describe() -> tuple[Description, ...]:
    """Return every way to name a model, without loading one."""
    torch = importlib.util.find_spec("torch") is not None
    missing = "" if torch else "needs torch: install plumb[torch]"
    reason = _bundled_missing()
    built_in = (
        Description(name="none", summary="rules and symbolic engines only", available=True),
        Description(
            name="bundled", summary="small mixture of experts, offline, any two cores",
            available=not reason, reason=reason,
        ),
        Description(
            name="ngram", summary="code that your files repeat; no weights", available=True
        ),
        Description(
            name="onnx:FILE", summary="other weights of the bundled kind", available=True
        ),
        Description(
            name="hf:PATH-OR-ID", summary="a Hugging Face causal model, in process",
            available=torch, reason=missing,
        ),
        Description(
            name="http://HOST/v1#NAME", available=True,
            summary="an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, …",
        ),
        Description(name="scripted:FILE", summary="replies from a file", available=True),
    )  # fmt: skip
    return built_in + tuple(
        Description(name=name, summary=f"from {point.value}", available=True)
        for name, point in sorted(_entry_points().items())
    )


def _bundled_missing() -> str:
    from .backends.bundled import data_folder

    files = ("plumb.onnx", "tokenizer.json")
    absent = [file for file in files if not (data_folder() / file).is_file()]
    return f"missing from the installation: {', '.join(absent)}" if absent else ""


def _bundled(_name: str, _rest: str) -> Model:
    from .backends.bundled import Bundled

    return Bundled.installed()


def _ngram(_name: str, _rest: str) -> Model:
    from .backends.ngram import Ngram

    return Ngram.installed()


def _onnx(name: str, rest: str) -> Model:
    from .backends.bundled import Bundled

    weights = Path(rest).expanduser()
    return Bundled(weights, weights.with_name("tokenizer.json"), name=name)


def _hugging_face(name: str, rest: str) -> Model:
    from .backends.huggingface import HuggingFace

    return HuggingFace.parse(name, rest)


def _server(name: str, _rest: str) -> Model:
    from .backends.openai_http import Server

    return Server.parse(name)


def _scripted(_name: str, rest: str) -> Model:
    from .scripted import Scripted

    return Scripted.read(Path(rest).expanduser())


_LOADERS: dict[str, Callable[[str, str], Model]] = {
    "bundled": _bundled,
    "ngram": _ngram,
    "onnx": _onnx,
    "hf": _hugging_face,
    "http": _server,
    "https": _server,
    "scripted": _scripted,
}
_BARE = frozenset({"bundled", "ngram"})
"""Names without anything behind a colon."""


def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _plugin(point: EntryPoint, name: str) -> Model:
    """Load another package's model; whatever goes wrong in it is told under its name."""
    try:
        return point.load()(name)
    except ModelError:
        raise
    except Exception as error:
        raise ModelNotFound(
            f"the model {name!r} of {point.value} does not load: {error}",
            hint="update or remove the package that provides it",
        ) from error

"""The values that navigation answers with."""

from collections.abc import Mapping
from dataclasses import dataclass

from .source import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A span in a file."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What a name means: how it is declared, and what its documentation says."""

    declaration: str
    documentation: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A call that is being written: its label, its parameters, and which of them comes next."""

    label: str
    parameters: tuple[str, ...]
    current: int | None
    documentation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """Where an old name gives way to a new one, by path; every place was verified."""

    new_name: str
    spans: Mapping[str, tuple[Span, ...]]

"""The class in the guest: as it is, and with probes and wrong versions that the compiler takes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistants.answer import Json
from assistants.errors import InputError
from code_assist.parsing import parse, walk
from code_assist.source import Source

from .alternatives import Kind
from .machine import Machine
from .project import JavaProject
from .rewriting import Key, Rewritten, rewrite
from .targets import Method

MOST: Mapping[Kind, int] = {"mutant": 40, "fault": 24}
"""How many wrong versions of a method the search tries to tell from it."""
_ATTEMPTS = 12
_MOST_CONSTANTS = 40
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What stands in the guest now: the plain text, the rewritten one, constants of the code."""

    plain: str
    made: Rewritten
    constants: tuple[str, ...]

    def numbers(self, kind: Kind, method: str | None = None) -> list[int]:
        """Return the numbers of the mutants or faults, of one method or of all."""
        return [
            one.number
            for one in self.made.mutants
            if one.kind == kind and method in {None, one.method}
        ]


def prepare(
    machine: Machine,
    project: JavaProject,
    source: Source,
    targets: Sequence[Method],
    *,
    seconds: float,
    most: Mapping[Kind, int] = MOST,
) -> Probed:
    """Compile a class as it is, and with probes.

    Wrong versions that give the right one beside them another type are left out as well as those
    that do not compile.

    Raises `InputError` where it does not compile as it is, with the compiler's first complaint.
    """
    answer = machine.ask("plain", project.inner_name, source.text, seconds=seconds)
    errors = rows_of(answer.get("errors"))
    if errors or "error" in answer:
        said = str(errors[0][2]) if errors else str(answer["error"])
        raise InputError(
            f"{project.file.name} does not compile: {said}",
            hint="plumb check; libraries are looked for in lib/, target/dependency and CLASSPATH",
        )
    data = source.text.encode()
    dropped: set[Key] = set()
    made = Rewritten()
    for _ in range(_ATTEMPTS):
        made = rewrite(data, targets, dropped, most)
        answer = machine.ask("probed", project.inner_name, made.text, seconds=seconds)
        errors = rows_of(answer.get("errors"))
        places = [int(str(row[0])) for row in errors] + numbers_of(answer.get("torn"))
        blamed = made.blamed(places, dropped)
        if not blamed - dropped:
            break
        dropped |= blamed
    if errors or "error" in answer:
        said = str(errors[0][2]) if errors else str(answer.get("error"))
        raise InputError(
            f"{project.file.name} does not compile with probes: {said}", hint="name one method"
        )
    constants = tuple(dict.fromkeys(_constants(source, targets)))
    return Probed(plain=source.text, made=made, constants=constants[:_MOST_CONSTANTS])


def numbers_of(value: Json) -> list[int]:
    """Return the whole numbers of a list that was said."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, int)]


def rows_of(value: Json) -> list[Sequence[Json]]:
    """Return the rows of a list that was said."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Sequence) and not isinstance(one, str)]


def _constants(source: Source, targets: Sequence[Method]) -> Iterator[str]:
    """Yield the constants of the code as the guest reads them, those of the targets first."""
    for root in (*(one.node for one in targets), parse(source).root_node):
        for node in walk(root):
            text = (node.text or b"").decode()
            match node.type:
                case "decimal_integer_literal":
                    digits = text.rstrip("lL").replace("_", "")
                    long = text[-1] in "lL" or int(digits) > 2**31 - 1
                    if int(digits) < 2**63:
                        yield f"{'l' if long else 'i'}:{digits}"
                case "decimal_floating_point_literal":
                    yield f"d:{text.rstrip('fFdD').replace('_', '')}"
                case "string_literal" | "character_literal" if text[:3] != '"""':
                    inner = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], "?"), text[1:-1])
                    if 0 < len(inner) < 40:
                        yield f"{node.type[0]}:{inner}"
                case _:
                    continue

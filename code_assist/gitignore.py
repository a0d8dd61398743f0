"""Which files of a folder are ignored, by the rules of its `.gitignore` files (gitignore(5))."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line: what it matches below its folder, whether folders only, whether it re-includes."""

    pattern: re.Pattern[str]
    folders_only: bool
    includes: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines that hold in one folder, those of outer folders first, each with its folder."""

    lines: tuple[tuple[Path, _Rule], ...] = ()

    def inside(self, folder: Path) -> "Rules":
        """Return the rules with those of a folder's own `.gitignore`."""
        try:
            text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return self
        return Rules((*self.lines, *((folder, rule) for rule in parse(text.splitlines()))))

    def ignores(self, path: Path, *, folder: bool) -> bool:
        """Whether a file or folder is ignored; the last line that matches decides."""
        for base, rule in reversed(self.lines):
            if rule.folders_only and not folder:
                continue
            if rule.pattern.fullmatch(path.relative_to(base).as_posix()):
                return not rule.includes
        return False


def parse(lines: Iterable[str]) -> tuple[_Rule, ...]:
    """Return the rules of a `.gitignore`, in order."""
    found: list[_Rule] = []
    for raw in lines:
        line = re.sub(r"(?<!\\)[ \t]+\Z", "", raw)
        if not line or line.startswith("#"):
            continue
        includes = line.startswith("!")
        line = line.removeprefix("!")
        folders_only = line.endswith("/")
        line = line.removesuffix("/")
        if line.strip("/"):
            found.append(_Rule(_compiled(line), folders_only, includes))
    return tuple(found)


@lru_cache(maxsize=1000)
def _compiled(line: str) -> re.Pattern[str]:
    """Translate a pattern; without a slash it matches in every folder below."""
    anchored = "/" in line
    translated = "" if anchored else "(?:.*/)?"
    rest = line.removeprefix("/")
    while rest:
        if rest.startswith("**/"):
            translated, rest = translated + "(?:.*/)?", rest[3:]
        elif rest == "**":
            translated, rest = translated + ".+", ""
        elif rest.startswith("*"):
            translated, rest = translated + "[^/]*", rest.lstrip("*")
        elif rest.startswith("?"):
            translated, rest = translated + "[^/]", rest[1:]
        elif match := re.match(r"\[(!|\^)?(\]?[^\]]*)\]", rest):
            negated, inside = match.groups()
            inside = inside.replace("\\", "\\\\").replace("[", "\\[")
            translated += f"[{'^/' if negated else ''}{inside}]"
            rest = rest[match.end() :]
        elif rest.startswith("\\") and len(rest) > 1:
            translated, rest = translated + re.escape(rest[1]), rest[2:]
        else:
            translated, rest = translated + re.escape(rest[0]), rest[1:]
    try:
        return re.compile(translated, re.DOTALL)
    except re.error:  # a class that git reads otherwise: match its letters as they stand
        return re.compile(re.escape(line), re.DOTALL)

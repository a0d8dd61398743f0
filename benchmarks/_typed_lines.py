"""Lines of code to be typed again into their files, drawn from whole packages.

A line is taken out; below it stands the rest of its file, or only what closes brackets. A bracket
that was opened in the line is closed at once, as most editors do. The other files of the package
are the workspace.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from assistants.backends.ngram import Ngram
from code_assist import Source, Workspace
from code_assist.brackets import marks
from code_assist.languages import by_path
from code_assist.parsing import enclosing

HELD_OUT = ("attr", "click")
LEXEME = re.compile(r"\w+|[^\w\s]+")
_LONGEST_FILE = 40_000
_PACKAGE = 300_000  # characters of a train package that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to type: the text above it, the line from its first character on, what follows."""

    package: str
    path: str
    above: str
    indent: str
    code: str
    below: str

    @property
    def asked(self) -> list[int]:
        """Where completion is asked: where a lexeme begins and after its second character."""
        words = list(LEXEME.finditer(self.code))
        return sorted(
            {0, *(m.start() for m in words), *(m.start() + 2 for m in words if len(m[0]) > 3)}
        )

    def source(self, typed: int) -> tuple[Source, int]:
        """Return the file with the first characters of the line, and the cursor."""
        before = f"{self.above}{self.indent}{self.code[:typed]}"
        text = f"{before}{''.join(_open(self.code[:typed]))}\n{self.below}"
        return Source(text=text, language=by_path(self.path).name, path=self.path), len(before)


def packages_of(corpus: Path | None) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of the held-out packages by path."""
    found: dict[str, dict[str, str]] = {}
    if corpus is not None:
        for row in (corpus / "corpus" / "held-out.jsonl").read_text().splitlines():
            each = json.loads(row)
            found.setdefault(each["package"], {})[each["path"]] = each["text"]
        return found
    for package in HELD_OUT:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            root = Path(spec.origin).parent
            found[package] = {str(p.relative_to(root)): p.read_text() for p in root.rglob("*.py")}
    return found


def train_packages(corpus: Path, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return texts of packages that the model was trained on, by path; the first of each."""
    found: dict[str, dict[str, str]] = {package: {} for package in names}
    with (corpus / "corpus" / "train.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            texts = found.get(row["package"])
            if texts is not None and sum(map(len, texts.values())) < _PACKAGE:
                texts[row["path"]] = row["text"]
    return found


def lines_of(
    packages: Mapping[str, Mapping[str, str]],
    language: str,
    count: int,
    *,
    downwards: bool,
    seed: int = 2026,
) -> Iterator[Line]:
    """Draw lines of code evenly over the packages of a language; the same at every run."""
    choose = random.Random(seed)
    files = {
        package: [path for path, text in sorted(texts.items()) if _usable(path, text, language)]
        for package, texts in packages.items()
    }
    names = [package for package, paths in sorted(files.items()) if paths]
    for number in range(count if names else 0):
        package = names[number % len(names)]
        while True:
            path = choose.choice(files[package])
            whole = Source(text=packages[package][path], language=language)
            lines = whole.text.splitlines(keepends=True)
            at = choose.randrange(10, len(lines))
            code = lines[at].strip()
            if len(code) >= 8 and _is_code(whole, sum(map(len, lines[:at])), lines[at]):
                break
        above = "".join(lines[:at])
        yield Line(
            package=package,
            path=path,
            above=above,
            indent=lines[at][: len(lines[at]) - len(lines[at].lstrip())],
            code=code,
            below="\n".join(_open(above)) if downwards else "".join(lines[at + 1 :]),
        )


def _is_code(source: Source, start: int, line: str) -> bool:
    """Whether a line begins outside of comments and texts."""
    at = start + len(line) - len(line.lstrip())
    return not any(
        "comment" in node.type or "string" in node.type for node in enclosing(source, at)
    )


def _open(text: str) -> list[str]:
    """Return what closes the brackets that are open at the end of a text, innermost first."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    opened: list[str] = []
    for bracket, _ in marks(text):
        if bracket in pairs:
            opened.append(pairs[bracket])
        elif opened:
            opened.pop()
    return opened[::-1]


def _usable(path: str, text: str, language: str) -> bool:
    suffix = {"python": ".py", "java": ".java"}[language]
    return path.endswith(suffix) and len(text) < _LONGEST_FILE and text.count("\n") > 30


def workspaces_of(
    packages: Mapping[str, Mapping[str, str]], folder: Path, lines: Sequence[Line], ngram: Ngram
) -> Mapping[str, Workspace]:
    """Write the packages of the lines to disk and index each one."""
    found: dict[str, Workspace] = {}
    for package in {line.package for line in lines}:
        for path, text in packages[package].items():
            file = folder / package / _name(package, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found[package] = Workspace([folder / package], encoder=ngram.encoder)
        found[package].fill()
    return found


def moved(line: Line, folder: Path) -> Line:
    path = folder / line.package / _name(line.package, line.path)
    return Line(
        package=line.package,
        path=str(path),
        above=line.above,
        indent=line.indent,
        code=line.code,
        below=line.below,
    )


def _name(package: str, path: str) -> str:
    """Return a flat file name; a folder called `build` or `test` would not be indexed."""
    return f"{package}~{path.replace('/', '~')}"

"""Build the pretraining corpus: `python -m training.corpus`.

Sources are read package by package, generated, minified and huge files are dropped, then
near-duplicates; whole packages are held out. The result is one JSON-lines file a split and a
manifest with package, version, licence, hash and split of every file.
"""

import argparse
import csv
import gzip
import hashlib
import json
import lzma
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from training import sources
from training.near_duplicates import first_copies
from training.sources import Selection, SourceFile

MIN_BYTES, MAX_BYTES = 200, 200_000
MAX_LINE, MAX_MEAN_LINE = 1_000, 120
# Two machine-learning libraries would otherwise be half of all Python.
MAX_PACKAGE_BYTES = 7_000_000
GENERATED = re.compile(
    r"(do not (edit|modify)( this)?|auto-?generated|generated (by|from|file|code)|@generated)",
    re.IGNORECASE,
)
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
# A licence header repeated in thousands of files teaches nothing but itself.
JAVA_HEADER = re.compile(r"\A\s*/\*.*?\*/\s*", re.DOTALL)
PYTHON_HEADER = re.compile(r"\A(#!?[^\n]*\n)*(\s*\n)*")
LICENCE_WORDS = re.compile(r"licen[cs]e|copyright", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Kept files by split, and why the others went."""

    train: tuple[SourceFile, ...]
    held_out: tuple[SourceFile, ...]
    dropped: Counter[str]


def reason_to_drop(text: str) -> str | None:
    """Why a file is no training text, or None."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if not MIN_BYTES <= size <= MAX_BYTES:
        return "size"
    if GENERATED.search(text[:1500]):
        return "generated"
    lines = text.splitlines()
    if max(map(len, lines)) > MAX_LINE or size / len(lines) > MAX_MEAN_LINE:
        return "minified"
    if sum(map(str.isdigit, text)) > size / 4:
        return "table"
    if SECRET.search(text):
        return "secret"
    return None


def without_licence_header(file: SourceFile) -> SourceFile:
    """The file without a leading licence comment; the manifest keeps the licence."""
    pattern = JAVA_HEADER if file.language == "java" else PYTHON_HEADER
    match = pattern.match(file.text)
    if match is None or not LICENCE_WORDS.search(match.group()):
        return file
    return SourceFile(
        package=file.package,
        version=file.version,
        licence=file.licence,
        path=file.path,
        language=file.language,
        text=file.text[match.end() :],
    )


def all_files(selection: Selection, downloads: Path) -> Iterator[SourceFile]:
    """Every source file of the selection."""
    yield from sources.standard_library()
    yield from sources.installed(selection.python_installed)
    for path in sorted((downloads / "wheels").glob("*.whl")):
        yield from sources.wheel(path)
    for path in sorted((downloads / "java").glob("*.orig.tar.*")):
        if path.suffix != ".asc":
            yield from sources.debian_source(path)


def build(files: Iterable[SourceFile], held_out: frozenset[str]) -> Corpus:
    """Filter, de-duplicate and split."""
    dropped: Counter[str] = Counter()
    clean: list[SourceFile] = []
    seen: set[tuple[str, str]] = set()
    for file in map(without_licence_header, files):
        reason = reason_to_drop(file.text)
        if (file.package, file.path) in seen:
            reason = "listed twice"
        seen.add((file.package, file.path))
        if reason:
            dropped[reason] += 1
        else:
            clean.append(file)
    # Held-out packages first: of two near-duplicates the training copy is the one to go.
    clean.sort(key=lambda file: (file.package not in held_out, file.package, file.path))
    kept = [clean[index] for index in first_copies([file.text for file in clean])]
    dropped["near-duplicate"] = len(clean) - len(kept)
    balanced = within_package_share(kept)
    dropped["package share"] = len(kept) - len(balanced)
    kept = balanced
    return Corpus(
        train=tuple(file for file in kept if file.package not in held_out),
        held_out=tuple(file for file in kept if file.package in held_out),
        dropped=dropped,
    )


def within_package_share(files: list[SourceFile]) -> list[SourceFile]:
    """At most MAX_PACKAGE_BYTES a package, chosen by hash of the path, in the order given."""
    used: Counter[str] = Counter()
    chosen: set[tuple[str, str]] = set()
    for file in sorted(files, key=lambda f: hashlib.sha256(f.path.encode()).digest()):
        size = len(file.text)
        if used[file.package] + size <= MAX_PACKAGE_BYTES:
            used[file.package] += size
            chosen.add((file.package, file.path))
    return [file for file in files if (file.package, file.path) in chosen]


def write(corpus: Corpus, folder: Path) -> None:
    """Write `train.jsonl`, `held-out.jsonl` and `manifest.csv.gz`."""
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "manifest.csv.gz", "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["package", "version", "licence", "path", "sha256", "bytes", "split"])
        for split, files in (("train", corpus.train), ("held-out", corpus.held_out)):
            with (folder / f"{split}.jsonl").open("w", encoding="utf-8") as lines:
                for file in files:
                    data = file.text.encode("utf-8")
                    lines.write(json.dumps(as_row(file)) + "\n")
                    digest = hashlib.sha256(data).hexdigest()
                    origin = (file.package, file.version, file.licence, file.path)
                    writer.writerow([*origin, digest, len(data), split])


def as_row(file: SourceFile) -> dict[str, str]:
    """One line of a split file."""
    return {
        "package": file.package,
        "path": file.path,
        "language": file.language,
        "text": file.text,
    }


def read_split(path: Path) -> list[dict[str, str]]:
    """Rows of a split file, in file order; of the packed file beside it where it is absent."""
    packed = path.with_name(path.name + ".xz")
    if path.exists() or not packed.exists():
        with path.open(encoding="utf-8") as stream:
            return [json.loads(line) for line in stream]
    with lzma.open(packed, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def download(selection: Selection, downloads: Path) -> None:
    """Fetch wheels with pip and Java sources with apt (which needs a `deb-src` line)."""
    (downloads / "wheels").mkdir(parents=True, exist_ok=True)
    (downloads / "java").mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-q"]
    subprocess.run([*pip, "-d", downloads / "wheels", *selection.python_download], check=True)
    for name in selection.java_download:
        apt = ["apt-get", "source", "--download-only", "-q", name]
        finished = subprocess.run(apt, cwd=downloads / "java", check=False)
        if finished.returncode:
            print(f"{name}: not every part could be fetched", file=sys.stderr)


def summary(corpus: Corpus) -> str:
    """Files and megabytes by split and language."""
    lines = [f"dropped: {dict(corpus.dropped)}"]
    for split, files in (("train", corpus.train), ("held-out", corpus.held_out)):
        for language in ("python", "java"):
            texts = [file.text for file in files if file.language == language]
            size = sum(len(text.encode()) for text in texts) / 1e6
            lines.append(f"{split} {language}: {len(texts)} files, {size:.1f} MB")
    return "\n".join(lines)


def main() -> None:
    """Build the corpus."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--selection", type=Path, default=Path(__file__).with_name("corpus.toml"))
    parser.add_argument("--download", action="store_true", help="fetch missing packages first")
    arguments = parser.parse_args()
    selection = Selection.read(arguments.selection)
    if arguments.download:
        download(selection, arguments.work)
    corpus = build(all_files(selection, arguments.work), selection.held_out)
    write(corpus, arguments.work / "corpus")
    print(summary(corpus))


if __name__ == "__main__":
    main()

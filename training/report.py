"""Tables for the model card: `python -m training.report --work DIR`.

Prints, as Markdown, what the corpus is made of and how a run went; writes the manifest and the
notice of licences that are kept in the repository.
"""

import argparse
import csv
import gzip
import json
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, harmonic_mean
from typing import Any

HERE = Path(__file__).parent


@dataclass(slots=True)
class Package:
    """Sums over the files of one package."""

    version: str
    licence: str
    split: str
    files: int = 0
    bytes: int = 0


def packages(manifest: Path) -> dict[str, Package]:
    """Packages of a manifest by name."""
    found: dict[str, Package] = {}
    with gzip.open(manifest, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            default = Package(row["version"], row["licence"], row["split"])
            package = found.setdefault(row["package"], default)
            package.files += 1
            package.bytes += int(row["bytes"])
    return dict(sorted(found.items()))


def package_table(found: dict[str, Package]) -> str:
    """One Markdown row a package."""
    lines = ["| package | version | licence | files | MB | split |", "|---|---|---|--:|--:|---|"]
    for name, package in found.items():
        lines.append(
            f"| {name} | {package.version} | {package.licence} | {package.files} "
            f"| {package.bytes / 1e6:.2f} | {package.split} |"
        )
    return "\n".join(lines)


def notice(found: dict[str, Package]) -> str:
    """What the weights were trained on, by licence."""
    by_licence: dict[str, list[str]] = defaultdict(list)
    for name, package in found.items():
        if package.split == "train":
            by_licence[package.licence].append(f"{name} {package.version}")
    lines = [
        "# What the bundled weights were trained on",
        "",
        "Source code of these packages, each under its own licence as its metadata declares it;",
        "the full list of files with hashes is `training/manifest.csv.gz`. Besides them: examples",
        "that the project generates itself, questions of GSM8K's training part (MIT) and, for the",
        "vocabulary of the tokenizer only, MATH's training part (MIT), EHRSQL 2024's training part",
        "(CC-BY-4.0) and the text2sql-data collection without its test splits.",
        "",
    ]
    for licence, names in sorted(by_licence.items()):
        lines.append(f"- **{licence}**: {', '.join(names)}")
    return "\n".join(lines) + "\n"


def read_log(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Start lines and step lines; steps that a resumed run did again count once."""
    starts: list[dict[str, Any]] = []
    steps: dict[int, dict[str, Any]] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if "started" in line:
            starts.append(line)
        else:
            steps[line["step"]] = line
    return starts, [steps[number] for number in sorted(steps)]


def curve_table(steps: Sequence[dict[str, Any]], rows: int = 12) -> str:
    """Means over equal stretches of the run.

    Rates are harmonic means: every step has as many tokens. Expert load is maximum over mean,
    averaged over the layers, and that of the worst layer.
    """
    lines = [
        "| steps | tokens | loss code | loss domain | tokens/s | utilisation | expert load |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    size = max(1, -(-len(steps) // rows))
    for start in range(0, len(steps), size):
        part = steps[start : start + size]
        code = [s["loss_code"] for s in part if "loss_code" in s]
        domain = [s["loss_domain"] for s in part if "loss_domain" in s]
        loads = [s["expert_load_max_over_mean"] for s in part]
        lines.append(
            f"| {part[0]['step']}-{part[-1]['step']} | {part[-1]['tokens']:,} "
            f"| {_mean(code)} | {_mean(domain)} "
            f"| {harmonic_mean(s['tokens_per_second'] for s in part):.0f} "
            f"| {harmonic_mean(s['model_flop_utilisation'] for s in part):.0%} "
            f"| {fmean(map(fmean, loads)):.2f}, {fmean(map(max, loads)):.2f} |"
        )
    return "\n".join(lines)


def _mean(values: Sequence[float]) -> str:
    return f"{fmean(values):.3f}" if values else "-"


def totals(steps: Sequence[dict[str, Any]]) -> str:
    """What the run cost."""
    last = steps[-1]
    hours = last["seconds"] / 3600
    return (
        f"{last['step']} steps, {last['tokens']:,} tokens, {last['flop']:.3g} FLOP in {hours:.2f} "
        f"hours: {last['tokens'] / last['seconds']:.0f} tokens/s on average"
    )


def main() -> None:
    """Print the tables and refresh the files kept in the repository."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--run", default="release")
    options = parser.parse_args()
    manifest = options.work / "corpus/manifest.csv.gz"
    found = packages(manifest)
    shutil.copyfile(manifest, HERE / "manifest.csv.gz")
    (HERE / "NOTICE.md").write_text(notice(found), encoding="utf-8")
    starts, steps = read_log(options.work / "runs" / options.run / "log.jsonl")
    print(package_table(found))
    print(f"\n{len(starts)} starts; {totals(steps)}\n")
    print(curve_table(steps))


if __name__ == "__main__":
    main()

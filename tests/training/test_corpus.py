"""What may enter the corpus, and what is recorded about it."""

import csv
import gzip
import zipfile

import pytest

pytest.importorskip("torch")

from training import corpus, sources
from training.near_duplicates import first_copies
from training.sources import SourceFile


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT\n", "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License\n", "BSD License"),
        ("License: Apache-2.0\n", "Apache-2.0"),
        ("License-Expression: MPL-2.0\n", None),
        ("License-Expression: MIT AND LGPL-2.1-only\n", None),
        ("Classifier: License :: OSI Approved :: GNU General Public License (GPL)\n", None),
        ("Name: nothing\n", None),
        ("License: ask us\n", None),
    ],
)
def test_licence_is_read_from_metadata(metadata, licence):
    assert sources.licence_of_metadata(metadata) == licence


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("attr/_make.py", True),
        ("pip/_vendor/rich/text.py", False),
        ("sympy/core/tests/test_basic.py", False),
        ("src/main/java/org/A.java", True),
        ("src/test/java/org/ATest.java", False),
        ("java/org/apache/tomcat/dbcp/pool2/ObjectPool.java", False),
        ("numpy/core.so", False),
    ],
)
def test_wanted_paths(path, wanted):
    assert sources.is_wanted(path) is wanted


def test_a_wheel_is_read_with_its_licence(tmp_path):
    path = tmp_path / "some_thing-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_thing/a.py", "x = 1\r\n")
        archive.writestr("some_thing/tests/test_a.py", "x = 1\n")
        archive.writestr("some_thing-1.2.dist-info/METADATA", "License-Expression: MIT\n\n")
    [file] = sources.wheel(path)
    assert (file.package, file.version, file.licence) == ("some-thing", "1.2", "MIT")
    assert file.text == "x = 1\n"


def source(package, path, text):
    return SourceFile(
        package=package, version="1", licence="MIT", path=path, language="python", text=text
    )


def program(seed):
    return "".join(
        f"def {name}_{k}(a):\n    return a * {k + seed} + {name}_{seed}\n"
        for k, name in enumerate(["alpha", "beta", "gamma", "delta"] * 4)
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x", "size"),
        ("# This file is generated, do not edit\n" + "x = 1\n" * 60, "generated"),
        ("x = '" + "y" * 5000 + "'\n", "minified"),
        ("1, 2, 3, 45, 56, 677, 888,\n" * 30, "table"),
        ("def f():\n    return None\n" * 20, None),
    ],
)
def test_reason_to_drop(text, reason):
    assert corpus.reason_to_drop(text) == reason


def test_the_training_copy_of_a_held_out_file_goes():
    copied = program(3)
    built = corpus.build(
        [
            source("train-me", "copy.py", copied.replace("beta", "other", 1)),
            source("train-me", "own.py", program(90)),
            source("kept-out", "a.py", copied),
        ],
        frozenset({"kept-out"}),
    )
    assert [file.path for file in built.held_out] == ["a.py"]
    assert [file.path for file in built.train] == ["own.py"]
    assert built.dropped["near-duplicate"] == 1


def test_near_duplicates_need_not_be_equal():
    text = program(1) * 3
    assert first_copies([text, text + "x = 1\n", program(50)]) == [0, 2]


def test_licence_headers_are_cut_and_ordinary_comments_stay():
    licensed = source("p", "a.py", "# Copyright 2024 Somebody\n# MIT License\n\nimport os\n")
    assert corpus.without_licence_header(licensed).text == "import os\n"
    plain = source("p", "a.py", "# Reads a file.\nimport os\n")
    assert corpus.without_licence_header(plain) == plain


def test_the_manifest_names_licence_hash_and_split(tmp_path):
    built = corpus.build([source("p", "a.py", program(1))], frozenset())
    corpus.write(built, tmp_path)
    with gzip.open(tmp_path / "manifest.csv.gz", "rt") as stream:
        [row] = csv.DictReader(stream)
    assert row["licence"] == "MIT"
    assert row["split"] == "train"
    assert len(row["sha256"]) == 64
    assert corpus.read_split(tmp_path / "train.jsonl")[0]["path"] == "a.py"

"""Streams of one transformers model: side by side, after each other, and on a static cache."""

import importlib.util
import threading
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")
transformers = pytest.importorskip("transformers", reason="needs the torch extra")

from assistants.backends.hf_rows import Rows  # noqa: E402
from assistants.backends.huggingface import HuggingFace  # noqa: E402
from assistants.constraint import Regex  # noqa: E402
from assistants.errors import SettingsError  # noqa: E402
from assistants.model import Marked, Sampling, generate  # noqa: E402

_SPEC = importlib.util.spec_from_file_location(
    "checkpoints", Path(__file__).with_name("test_huggingface.py")
)
checkpoints = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(checkpoints)
TEXTS = ["def add(a, b):", "x", "for each in range(7):\n    total += each\n", "return a + b + c"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {
        family: checkpoints.write_checkpoint(tmp_path_factory.mktemp(family), family)
        for family in ("Qwen3Moe", "DeepseekV3", "GptOss")
    }


def loaded(folder, more=""):
    return HuggingFace.parse(f"hf:{folder}", f"{folder}?dtype=float32{more}")


def written(model, text, count, **more):
    return generate(model, Marked((text,)), sampling=Sampling(max_tokens=count), **more).text


def side_by_side(model, counts):
    """Return what streams of different lengths write while all run at once."""
    found = [None] * len(TEXTS)

    def work(number):
        found[number] = written(model, TEXTS[number], counts[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(TEXTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


@pytest.mark.parametrize("family", ["Qwen3Moe", "DeepseekV3", "GptOss"])
def test_streams_side_by_side_write_what_they_write_alone(folders, family, monkeypatch):
    counts = (30, 12, 24, 18)
    alone = [written(loaded(folders[family]), *one) for one in zip(TEXTS, counts, strict=True)]
    widths = []
    in_company = Rows._in_company
    monkeypatch.setattr(
        Rows,
        "_in_company",
        lambda self, steps: widths.append(len(steps)) or in_company(self, steps),
    )
    model = loaded(folders[family])
    assert model.capabilities.batch
    assert side_by_side(model, counts) == alone
    if family == "GptOss":  # every other layer has a sliding window
        assert not widths
    else:
        assert max(widths) > 1
        assert not model._rows._members
        assert not model._rows._sequences


def test_a_constraint_holds_in_company(folders):
    model = loaded(folders["Qwen3Moe"])
    other = threading.Thread(target=written, args=(model, TEXTS[2], 60))
    other.start()
    found = generate(
        model, Marked((TEXTS[0],)), constraint=Regex("[0-9]{4}"), sampling=Sampling(max_tokens=20)
    )
    other.join(60)
    assert len(found.text) == 4
    assert found.text.isdigit()


def test_a_step_that_fails_reaches_all_and_the_next_stream_is_well(folders, monkeypatch):
    model = loaded(folders["Qwen3Moe"])
    expected = written(model, TEXTS[0], 8)

    def failing(self, steps):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(Rows, "together", failing)
        with pytest.raises(RuntimeError, match="out of memory"):
            written(model, TEXTS[0], 8)
    assert written(model, TEXTS[0], 8) == expected


@pytest.fixture
def compiled(monkeypatch):
    """Leave out the compiler, which takes a minute; record how it is asked."""
    asked = []

    def compile_(model, **options):
        asked.append(options)
        return model

    monkeypatch.setattr(torch, "compile", compile_)
    return asked


@pytest.mark.parametrize("family", ["Qwen3Moe", "GptOss"])
def test_a_static_cache_changes_nothing_and_is_rewound(folders, family, compiled):
    plain = [written(loaded(folders[family]), text, 16) for text in (TEXTS[2], TEXTS[2] + " if")]
    model = loaded(folders[family], "&compile=reduce-overhead")
    assert not model.capabilities.batch
    assert [written(model, text, 16) for text in (TEXTS[2], TEXTS[2] + " if")] == plain
    assert compiled == [{"mode": "reduce-overhead", "dynamic": False}]
    assert type(model._idle.cache).__name__ == "StaticCache"
    again = generate(model, Marked((TEXTS[2],)), sampling=Sampling(max_tokens=4))
    assert (again.usage.cached_tokens > 0) == (family == "Qwen3Moe")
    assert plain[0].startswith(again.text)


def test_an_unknown_mode_is_refused():
    with pytest.raises(SettingsError, match="no mode"):
        HuggingFace.parse("hf:x", "./x?compile=fast")

"""Names to models: ours, other packages', and helpful refusals."""

from importlib.metadata import EntryPoint

import pytest

from assistants import registry
from assistants.errors import ModelCorrupt, ModelNotFound
from assistants.scripted import Scripted


def test_none_switches_the_model_off():
    assert registry.load("none") is None


def test_scripts_by_path(tmp_path):
    path = tmp_path / "replies.txt"
    path.write_text("yes\n", encoding="utf-8")
    assert isinstance(registry.load(f"scripted:{path}"), Scripted)


def test_other_weights_by_path(small, tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_bytes(small.int8.read_bytes())
    (tmp_path / "tokenizer.json").write_bytes(small.tokenizer.read_bytes())
    model = registry.load(f"onnx:{path}")
    assert model is not None
    assert model.name == f"onnx:{path}"
    assert model.capabilities.context_length == 320


@pytest.mark.parametrize(
    ("name", "guess"),
    [("bundeld", "bundled"), ("hf", "hf"), ("htp://x/v1#m", "http"), ("bundled:x", "bundled")],
)
def test_unknown_names_get_a_guess(name, guess):
    with pytest.raises(ModelNotFound, match="no model called") as caught:
        registry.load(name)
    assert f"did you mean {guess}?" in caught.value.hint


def test_a_name_like_no_other_gets_the_list():
    with pytest.raises(ModelNotFound) as caught:
        registry.load("qqqqqqqqqq")
    assert "known: none, bundled" in caught.value.hint


def test_weights_that_were_not_installed(monkeypatch, tmp_path):
    monkeypatch.setattr("assistants.backends.bundled.data_folder", lambda: tmp_path)
    with pytest.raises(ModelNotFound):
        registry.load("bundled")
    (found,) = [each for each in registry.describe() if each.name == "bundled"]
    assert not found.available
    assert "plumb.onnx" in found.reason


def plugin(value):
    return lambda group: [EntryPoint(name="mine", value=value, group=group)]


def test_installed_packages_add_models(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", plugin("assistants.scripted:Scripted"))
    model = registry.load("mine:anything")  # the function is called with the whole name
    assert isinstance(model, Scripted)
    assert "mine" in {each.name for each in registry.describe()}


@pytest.mark.parametrize("value", ["assistants.nowhere:load", "json:loads"])
def test_a_package_that_fails_is_named(monkeypatch, value):
    monkeypatch.setattr(registry, "entry_points", plugin(value))
    with pytest.raises(ModelNotFound, match=value.partition(":")[0]):
        registry.load("mine")


def test_errors_of_a_package_keep_their_class(monkeypatch, small):
    def load(name):
        raise ModelCorrupt("broken")

    monkeypatch.setattr(registry, "_entry_points", lambda: {"mine": Point(load)})
    with pytest.raises(ModelCorrupt, match="broken"):
        registry.load("mine")


class Point:
    """An entry point whose object is at hand."""

    value = "mine:load"

    def __init__(self, found):
        self._found = found

    def load(self):
        return self._found

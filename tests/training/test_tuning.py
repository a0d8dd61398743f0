"""`plumb tune`: what is read and held out, when it stops, what is written, how it is used."""

import json
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from assistants import registry  # noqa: E402
from assistants.errors import InputError, ModelNotFound  # noqa: E402
from assistants.model import Marked, Sampling, generate  # noqa: E402
from cli.app import run  # noqa: E402
from tests.training import tiny  # noqa: E402
from training import onnx_export, tuning, tuning_data  # noqa: E402
from training.export import export  # noqa: E402
from training.model import MoeTransformer  # noqa: E402
from training.tokenizer import END, save  # noqa: E402
from training.tune_bundled import Bundled, scored  # noqa: E402
from training.tuning import Effort, Scores  # noqa: E402
from training.weight_file import model_of_file  # noqa: E402


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    model = MoeTransformer(tiny.SHAPE)
    model.initialise(5)
    save(tiny.tokenizer(), folder)
    export(model.eval(), folder, folder / "hf")
    onnx_export.export(
        folder / "hf", folder / "plumb.onnx", precision="mixed", trained_length=64,
        tokenizer=folder / "tokenizer.json", markers=("python", "java"), suffix_first=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    for number, row in enumerate(tiny.documents()[:24:2]):
        text = f"# part {number}\n" * (1 + number) + row["text"].replace("area", f"w{number * 37}")
        (folder / f"m{number}.py").write_text(text)
    (folder / ".gitignore").write_text("secret.py\n")
    (folder / "secret.py").write_text("TOKEN = 'do not learn this'\n")
    return folder


def test_a_tenth_is_held_out_the_same_each_time_and_ignored_files_are_not_read(project):
    first, again = (tuning_data.read(project) for _ in range(2))
    assert first == again
    assert first.kind == "code"
    assert len(first.held_out) == -(-(len(first.train) + len(first.held_out)) // 10)
    assert not {d.text for d in first.train} & {d.text for d in first.held_out}
    assert not any("do not learn" in d.text for d in (*first.train, *first.held_out))


def test_near_copies_are_read_once(project):
    text = (project / "m5.py").read_text()
    before = tuning_data.read(project)
    (project / "copy.py").write_text(text + "\n# the end\n")
    after = tuning_data.read(project)
    assert len(after.train) + len(after.held_out) == len(before.train) + len(before.held_out)


def test_special_tokens_in_a_text_stay_text():
    words = tuning_data.literal(tiny.tokenizer())
    piece = tuning_data.pair_piece(tuning_data.Pair((f"a {END} b",), "c"), words)
    assert piece.tokens.count(words.token_to_id(END)) == 1
    assert piece.tokens[-1] == words.token_to_id(END)
    assert piece.targets[-2:] == [True, True]
    assert not any(piece.targets[: len(piece.tokens) - 2])


def test_questions_are_learned_as_the_solver_asks_them(tmp_path):
    file = tmp_path / "examples.jsonl"
    rows = [
        {"question": f"Ann has {n} apples and buys {n + 1} more. How many has she?",
         "plan": "answer N0 + N1"}
        for n in range(2, 9)
    ]  # fmt: skip
    rows.append({"question": "A box holds 12 eggs. What do 4 hold?", "plan": "answer N0 * N1"})
    file.write_text("\n".join(map(json.dumps, rows)))
    texts = tuning_data.read(file)
    assert texts.kind == "pairs"
    # Questions that differ in numbers alone are one example.
    assert {item.prompt for item in (*texts.train, *texts.held_out)} == {
        "Ann has N0 apples and buys N1 more. How many has she?",
        "A box holds N0 eggs. What do N1 hold?",
    }
    words = tuning_data.literal(tiny.tokenizer())
    piece = tuning_data.pair_piece(texts.held_out[0], words)
    assert words.id_to_token(piece.tokens[0]) == "<|math|>"
    assert words.id_to_token(piece.tokens[1]) == "<|question|>"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"prompt": "a"}', "line 2"),
        ('{"prompt": "a", "completion": " "}', "line 2"),
        ('{"question": "What is 2 + 3?", "plan": "answer N7 * N9"}', "line 2"),
        ("nonsense", "line 2"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, complaint):
    file = tmp_path / "examples.jsonl"
    file.write_text('{"prompt": "a", "completion": "b"}\n' + line + "\n")
    with pytest.raises(InputError, match=complaint):
        tuning_data.read(file)


def test_one_file_is_too_little(tmp_path):
    (tmp_path / "only.py").write_text("x = 1\n")
    with pytest.raises(InputError, match="two source files"):
        tuning_data.read(tmp_path)


class Scripted:
    """A subject whose held-out scores are given."""

    learned, held_out, tokens = 3, 1, 0

    def __init__(self, bits):
        self.bits, self.steps, self.kept, self.at, self.saved = list(bits), 0, None, 0, None

    def step(self, progress):
        assert 0 <= progress < 1
        self.steps += 1
        return 1.0

    def own_scores(self):
        self.at = self.bits.pop(0)
        return Scores(bits_per_byte=self.at, next_token=0.5)

    def general_scores(self):
        return Scores(bits_per_byte=9.0, next_token=0.1)

    def keep(self):
        self.kept = self.at

    def recall(self):
        self.at = self.kept

    def save(self, folder):
        self.saved = self.at
        return folder


def test_it_stops_without_further_gain_and_keeps_the_best(tmp_path):
    subject = Scripted([3.0, 2.5, 2.0, 2.1, 2.2, 1.0])
    effort = Effort(steps=100, check_every=10, patience=2)
    outcome = tuning.run(subject, tmp_path / "out", effort)
    assert outcome.ending == "no further gain"
    assert (outcome.best_step, outcome.steps, subject.steps) == (20, 40, 40)
    assert subject.saved == outcome.after.own.bits_per_byte == 2.0


def test_nothing_is_written_where_nothing_is_better(tmp_path):
    subject = Scripted([3.0, 3.0, float("nan"), 4.0])
    effort = Effort(steps=100, check_every=10, patience=3)
    outcome = tuning.run(subject, tmp_path / "out", effort)
    assert outcome.best_step == 0
    assert outcome.written is None
    assert subject.saved is None
    assert outcome.after == outcome.before


def test_an_interrupt_keeps_what_was_gained(tmp_path):
    class Interrupted(Scripted):
        def step(self, progress):
            if self.steps == 3:
                raise KeyboardInterrupt
            return super().step(progress)

    subject = Interrupted([3.0, 2.0, 2.5, 2.5])
    outcome = tuning.run(subject, tmp_path / "out", Effort(check_every=1))
    assert (outcome.ending, outcome.steps, outcome.best_step) == ("interrupted", 3, 1)
    assert subject.saved == 2.0


def test_tuned_weights_know_the_project_better_and_run_on_the_engine(weights, project, tmp_path):
    texts = tuning_data.read(project)
    effort = Effort(steps=12, check_every=6, rate=0.01)
    subject = Bundled(weights / "plumb.onnx", texts, effort)
    outcome = tuning.run(subject, tmp_path / "tuned", effort)
    assert outcome.after.own.bits_per_byte < 0.9 * outcome.before.own.bits_per_byte
    assert outcome.written == tmp_path / "tuned/plumb.onnx"

    words = tuning_data.literal(tiny.tokenizer())
    read, properties = model_of_file(outcome.written)
    again = scored(read, words, tuning_data.held_out_pieces(texts, words, 64), pairs=False)
    assert again.bits_per_byte == pytest.approx(outcome.after.own.bits_per_byte, rel=0.02)
    assert properties["suffix_first"] == "1"
    model = registry.load(f"onnx:{outcome.written}")
    assert generate(model, Marked(("def",)), sampling=Sampling(max_tokens=3)).text


def test_an_adapter_is_learned_saved_and_run(weights, project, tmp_path):
    pytest.importorskip("peft", reason="needs the tune extra")
    from training.lora import Adapted

    effort = Effort(steps=12, check_every=6, rate=0.02)
    path = str(weights / "hf")
    outcome = tuning.run(
        Adapted(path, tuning_data.read(project), effort), tmp_path / "adapter", effort
    )
    assert outcome.after.own.bits_per_byte < outcome.before.own.bits_per_byte
    plain = registry.load(f"hf:{path}")
    adapted = registry.load(f"hf:{path}?adapter={tmp_path / 'adapter'}")
    prompt, options = Marked(("def area_",)), ("1(width", "return")
    assert plain.score(prompt, options) != adapted.score(prompt, options)
    with pytest.raises(ModelNotFound, match="no adapter"):
        registry.load(f"hf:{path}?adapter={tmp_path}")


def test_an_untrained_adapter_changes_nothing(weights, project, tmp_path):
    pytest.importorskip("peft", reason="needs the tune extra")
    from training.lora import Adapted

    subject = Adapted(str(weights / "hf"), tuning_data.read(project), Effort())
    subject.save(tmp_path / "adapter")
    name = f"hf:{weights / 'hf'}"
    prompt, options = Marked(("def area_",)), ("1(width", "return")
    expected = registry.load(name).score(prompt, options)
    found = registry.load(f"{name}?adapter={tmp_path / 'adapter'}").score(prompt, options)
    assert found == pytest.approx(expected, abs=1e-4)


def test_the_command_tunes_and_says_what_changed(weights, project, tmp_path, capsys):
    out = tmp_path / "tuned"
    arguments = ["tune", str(project), "-o", str(out), "--model", f"onnx:{weights}/plumb.onnx"]
    assert run([*arguments, "--steps", "4", "--check-every", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["own_bits_per_byte"]["after"] < found["own_bits_per_byte"]["before"]
    assert found["model"] == f"onnx:{out / 'plumb.onnx'}"
    assert run([*arguments, "--json"]) == 2  # the folder is not empty now
    assert "not empty" in capsys.readouterr().err


def test_the_command_refuses_models_that_it_cannot_tune(project, tmp_path, capsys):
    arguments = ["tune", str(project), "-o", str(tmp_path / "out"), "--model"]
    assert run([*arguments, "http://localhost:1/v1#m"]) == 2
    assert "cannot be tuned" in capsys.readouterr().err


def test_without_torch_the_command_says_what_to_install(project, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("cli.tune.find_spec", lambda _: None)
    assert run(["tune", str(project), "-o", str(tmp_path / "out")]) == 3
    told = capsys.readouterr().err
    assert "needs torch" in told
    assert "plumb[tune]" in told


def test_pairs_are_scored_as_whole_completions(weights):
    model = model_of_file(weights / "plumb.onnx")[0]
    words = tuning_data.literal(tiny.tokenizer())
    piece = tuning_data.pair_piece(tuning_data.Pair(("def",), "x"), words)
    with torch.no_grad():
        likely = model.logits(torch.tensor([piece.tokens[:-2]]))[0, -1].argmax()
        follow = model.logits(torch.tensor([[*piece.tokens[:-2], int(likely)]]))[0, -1].argmax()
    right = replace(piece, tokens=[*piece.tokens[:-2], int(likely), int(follow)])
    wrong = replace(piece, tokens=[*piece.tokens[:-2], int(likely), int(follow) ^ 1])
    assert scored(model, words, [right, wrong], pairs=True).exact == 0.5

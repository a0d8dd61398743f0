"""The bundled model's prompts, text and limits, on a small model of the same kind."""

import ast

import pytest

from assistants.backends.bundled import Bundled
from assistants.backends.byte_level import ByteLevelTokenizer
from assistants.constraint import Choice, Grammar, Program, Regex
from assistants.errors import ConstraintError, ModelCorrupt, ModelNotFound, Unsupported
from assistants.masking import Vocabulary
from assistants.masking.program import begins_program
from assistants.model import (
    Cancel,
    Chat,
    FillInTheMiddle,
    Marked,
    Marker,
    Message,
    Sampling,
    generate,
)


@pytest.fixture(scope="module")
def model(small):
    return Bundled(small.int8, small.tokenizer)


@pytest.fixture(scope="module")
def tokenizer(small):
    return ByteLevelTokenizer(small.tokenizer)


def test_it_writes_what_it_was_trained_on(model):
    made = generate(
        model, Marked(("for i in range(10):\n    print",)), sampling=Sampling(max_tokens=24)
    )
    assert made.text.startswith("(i)\n")
    assert made.finish == "length"
    assert made.usage.completion_tokens == 24
    assert made.usage.model == "bundled"
    assert made.logprob < 0


def test_capabilities_name_the_markers_of_the_weights(model):
    found = model.capabilities
    assert found.markers == {"python", "java", "math", "question", "plan"}
    assert found.fill_in_the_middle
    assert not found.chat
    assert found.constraints == {"Choice", "Regex", "JsonSchema", "Grammar", "Program"}


def test_fill_in_the_middle_prompt(model, tokenizer):
    special = tokenizer.special
    ids = model._encode(FillInTheMiddle(prefix="a = ", suffix="\n", language="java"), 16)
    assert ids == [
        special["java"], special["fim_prefix"], *tokenizer.encode("a = "),
        special["fim_suffix"], *tokenizer.encode("\n"), special["fim_middle"],
    ]  # fmt: skip
    unknown = model._encode(FillInTheMiddle(prefix="a", language="cobol"), 16)
    assert unknown[0] == special["fim_prefix"]


@pytest.fixture(scope="module")
def suffix_first(small, tmp_path_factory):
    """The same weights, marked as asked with the suffix first."""
    from training import onnx_export

    path = tmp_path_factory.mktemp("suffix-first") / "int8.onnx"
    onnx_export.export(
        small.checkpoint, path, tokenizer=small.tokenizer, markers=("python",), suffix_first=True
    )
    return Bundled(path, small.tokenizer)


def test_fill_in_the_middle_prompt_with_the_suffix_first(suffix_first, tokenizer):
    special = tokenizer.special
    ids = suffix_first._encode(FillInTheMiddle(prefix="a = ", suffix="\n", language="python"), 16)
    assert ids == [
        special["python"], special["fim_prefix"], special["fim_suffix"], *tokenizer.encode("\n"),
        special["fim_middle"], *tokenizer.encode("a = "),
    ]  # fmt: skip


def test_with_the_suffix_first_a_keystroke_costs_only_the_tokens_typed(suffix_first):
    """Both texts are longer than fits, so that what is cut off must not move with each key."""
    before, after = "for i in range(10):\n" * 9, "    print(i)\n" * 90
    runs = [
        generate(
            suffix_first, FillInTheMiddle(prefix=before + typed, suffix=after, language="python"),
            sampling=Sampling(max_tokens=4),
        )
        for typed in ("    print(", "    print(i", "    print(i) ", "    print(i) + ")
    ]  # fmt: skip
    for run in runs[1:]:
        assert run.usage.prompt_tokens - run.usage.cached_tokens < 20


def test_text_never_becomes_a_special_token(model, tokenizer):
    text = "<|endoftext|><|fim_middle|> <|question|>"
    ids = model._encode(Marked((Marker("question"), text)), 16)
    assert ids[0] == tokenizer.special["question"]
    assert not set(ids[1:]) & set(tokenizer.special.values())
    assert b"".join(tokenizer.decode(token) for token in ids[1:]) == text.encode()


@pytest.mark.parametrize("text", ["", "x", "é – 数学 🙂\r\n\t", "\x00\x7f", "a" * 500])
def test_tokens_give_the_text_back(tokenizer, text):
    ids = tokenizer.encode(text)
    assert b"".join(tokenizer.decode(token) for token in ids).decode() == text


def test_masks_see_the_bytes_that_llguidance_reads_in_the_same_file(tokenizer):
    size, end = tokenizer.size + 5, [tokenizer.special["endoftext"]]
    ours = tokenizer.vocabulary(size, end).tokens
    theirs = Vocabulary(tokenizer.description, size=size, end=end).tokens
    assert len(ours) == size
    # A byte 255, which begins no text, is llguidance's own sign for special tokens.
    assert [text for text in ours if text != b"\xff"] == [
        text for text, own in zip(theirs, ours, strict=True) if own != b"\xff"
    ]


def test_another_text_is_another_tokenizer(tokenizer, small, tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text(small.tokenizer.read_text("utf-8").replace("<|java|>", "<|cobol|>"), "utf-8")
    other = ByteLevelTokenizer(path)
    assert "cobol" in other.special
    assert "java" not in other.special
    assert "java" in ByteLevelTokenizer(small.tokenizer).special


def test_special_tokens_have_no_text(tokenizer):
    assert tokenizer.decode(tokenizer.special["question"]) == b""
    assert tokenizer.decode(10**6) == b""


def test_long_text_is_cut_far_from_the_cursor(model, tokenizer):
    prompt = FillInTheMiddle(prefix="old\n" * 500 + "NEAR", suffix="near\n" + "far\n" * 500)
    ids = model._encode(prompt, 20)
    assert len(ids) <= 320 - 20
    cut = ids.index(tokenizer.special["fim_suffix"])
    assert b"".join(map(tokenizer.decode, ids[1:cut])).endswith(b"old\nNEAR")
    assert b"".join(map(tokenizer.decode, ids[cut:])).startswith(b"near\nfar\n")


def test_a_huge_prefix_is_answered(model):
    prompt = FillInTheMiddle(prefix="x" * 5_000_000)
    assert generate(model, prompt, sampling=Sampling(max_tokens=2)).usage.prompt_tokens < 320


def test_the_start_of_a_long_prefix_stays_put_over_keystrokes(model):
    text = "for i in range(10):\n    print(i)\n" * 60
    runs = [
        generate(model, FillInTheMiddle(prefix=text + typed), sampling=Sampling(max_tokens=4))
        for typed in ("p", "pr", "pri")
    ]
    for run in runs[1:]:
        assert run.usage.cached_tokens > 0 or run.usage.prompt_tokens < 60


def test_a_marked_prompt_that_does_not_fit_is_refused(model):
    with pytest.raises(Unsupported, match="tokens"):
        generate(model, Marked((Marker("question"), "why " * 2000)))


def test_stop_texts_end_the_stream_and_do_not_show(model):
    made = generate(
        model, Marked(("for i in range(10):\n    print",)),
        sampling=Sampling(max_tokens=24, stop=("i)\n", "never")),
    )  # fmt: skip
    assert made.text == "("
    assert made.finish == "stop"


@pytest.mark.parametrize(
    ("constraint", "texts"),
    [
        (Choice(("maybe", "perhaps")), {"maybe", "perhaps"}),
        (Regex("[0-9]{3}"), None),
        (Grammar('start: "(" /[a-c]/ ")"'), {"(a)", "(b)", "(c)"}),
    ],
)
def test_constraints_hold(model, constraint, texts):
    for seed in range(5):
        made = generate(
            model, Marked((Marker("question"),)), constraint=constraint,
            sampling=Sampling(temperature=1.5, seed=seed, max_tokens=30),
        )  # fmt: skip
        assert made.finish == "stop"
        if texts is None:
            assert made.text.isdigit()
            assert len(made.text) == 3
        else:
            assert made.text in texts


def test_a_constraint_that_does_not_compile_is_named_before_anything_runs(model):
    with pytest.raises(ConstraintError, match="unclosed group"):
        model.stream(Marked(("x",)), constraint=Regex("a("))


def test_what_it_cannot_do_is_refused_by_name(model):
    with pytest.raises(Unsupported, match="conversations"):
        model.stream(Chat((Message("user", "hello"),)))
    with pytest.raises(Unsupported, match="schema"):
        model.stream(Marked((Marker("schema"),)))
    with pytest.raises(Unsupported, match="cobol"):
        model.stream(Marked(("x",)), constraint=Program("cobol", "x = "))


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # `10for` is a program all the same
def test_programs_stay_programs(model):
    prefix, suffix = "def f(a):\n    return ", "\n"
    free, held = [], []
    for seed in range(6):
        for constraint, texts in ((None, free), (Program("python", prefix, suffix), held)):
            made = generate(
                model, FillInTheMiddle(prefix=prefix, suffix=suffix, language="python"),
                constraint=constraint,
                sampling=Sampling(temperature=2.0, seed=seed, max_tokens=24),
            )  # fmt: skip
            texts.append(prefix + made.text)
            if constraint and made.finish == "stop":
                ast.parse(prefix + made.text + suffix)
    assert all(begins_program(Program("python", text)) for text in held)
    assert not all(begins_program(Program("python", text)) for text in free)


def test_the_likelier_option_scores_higher(model):
    trained, strange = model.score(
        Marked(("def add(a, b):\n    return a ",)), ["+ b\n", "range for"]
    )
    assert trained > strange
    assert trained < 0


def test_an_option_that_does_not_fit_is_refused(model):
    with pytest.raises(Unsupported, match="tokens"):
        model.score(Marked(("why " * 40,)), ["because " * 200])


def test_nothing_asked_is_no_error(model):
    assert generate(model, Marked(()), sampling=Sampling(max_tokens=2)).usage.prompt_tokens == 1


def test_cancelling(model):
    cancel = Cancel()
    stream = model.stream(Marked(("def",)), sampling=Sampling(max_tokens=50), cancel=cancel)
    next(stream)
    cancel.cancel()
    rest = list(stream)
    assert rest[-1].finish == "cancelled"
    assert rest[-1].usage.completion_tokens == 1


def test_missing_and_foreign_files(small, tmp_path):
    with pytest.raises(ModelNotFound, match="no model weights"):
        Bundled(tmp_path / "none.onnx", small.tokenizer)
    with pytest.raises(ModelNotFound, match="no tokenizer"):
        Bundled(small.int8, tmp_path / "none.json")
    other = tmp_path / "tokenizer.json"
    other.write_text(small.tokenizer.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(ModelCorrupt, match="trained with"):
        Bundled(small.int8, other)
    other.write_bytes(b"\xff\x00 not json")
    with pytest.raises(ModelCorrupt, match="does not load"):
        Bundled(small.int8, other)


def test_lines_are_whole_under_the_constraint_and_go_on_from_the_word_typed(model):
    before, after = "for i in range(10):\n    pri", "\n"
    prompt = FillInTheMiddle(prefix=before, suffix=after, language="python")
    found = model.lines(prompt, constraint=Program("python", before, after))
    assert found
    assert found[0].mean == max(line.mean for line in found)
    assert len({line.text for line in found}) == len(found)
    for line in found:
        ast.parse(before + line.text + after)
        assert line.finished
        assert line.total <= line.mean <= 0
        assert not line.text.startswith("pri")


def test_a_stream_does_not_repeat_the_word_typed(model):
    before = "for i in range(10):\n    pri"
    prompt = FillInTheMiddle(prefix=before, suffix="", language="python")
    made = generate(
        model,
        prompt,
        constraint=Program("python", before),
        sampling=Sampling(max_tokens=40),
    )
    ast.parse(before + made.text)
    assert made.text
    assert not made.text.startswith("pri")


def test_the_way_for_many_streams_writes_the_same_and_counts(model):
    many = model.batched()
    assert (many.capabilities.batch, model.capabilities.batch) == (True, False)
    before = model.counters
    sampling = Sampling(max_tokens=20)
    texts = [
        generate(each, Marked(("for i in range(10):\n    print",)), sampling=sampling).text
        for each in (many, model)
    ]
    assert texts[0] == texts[1]
    after = model.counters
    assert after.tokens - before.tokens == 40
    assert 20 < after.steps - before.steps < 40
    assert after.hits > before.hits

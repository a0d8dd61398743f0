"""Token ids in, token ids out: the decoding loop against transformers' own."""

import numpy as np
import pytest

from assistants.engine import Engine, Request, Session
from assistants.engine.sampling import Sampler, allowed_tokens, softmax
from assistants.engine.streams import choose
from assistants.errors import ModelCorrupt, ModelNotFound


@pytest.fixture(scope="module")
def session(small):
    return Session(small.fp32, threads=1)


@pytest.fixture
def engine(session):
    return Engine(session, rows=2)


@pytest.fixture(scope="module")
def prompt(small):
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(small.tokenizer)).encode("def add(a, b):\n    ret").ids


def ids(stream):
    return [drawn.id for drawn in stream if drawn.id is not None]


def greedy(engine, prompt, count=12):
    return ids(engine.stream(Request(prompt=prompt, max_tokens=count)))


def test_greedy_tokens_are_those_of_transformers(engine, prompt, reference):
    import torch

    expected = reference.generate(
        torch.tensor(prompt)[None], max_new_tokens=12, do_sample=False, eos_token_id=None
    )[0, len(prompt) :]
    assert greedy(engine, prompt) == expected.tolist()


def test_long_prompts_run_in_chunks_with_the_same_result(engine, reference):
    import torch

    prompt = np.random.default_rng(1).integers(90, 300, 300).tolist()
    with torch.no_grad():
        expected = reference(torch.tensor(prompt)[None]).logits[0, -1].argmax().item()
    assert greedy(engine, prompt, 1) == [expected]


def test_shared_prefixes_are_not_run_again(engine, prompt):
    first = list(engine.stream(Request(prompt=prompt, max_tokens=4)))
    assert first[-1].cached == 0
    again = list(engine.stream(Request(prompt=prompt, max_tokens=4)))
    assert again[-1].cached == len(prompt) - 2
    assert ids(again) == ids(first)
    longer = [*prompt, *ids(first)]
    assert list(engine.stream(Request(prompt=longer, max_tokens=1)))[-1].cached >= len(prompt)


def test_a_rewound_sequence_answers_like_a_fresh_one(session, prompt):
    other = [*prompt[:4], *prompt[:6]]
    used = Engine(session, rows=1)
    greedy(used, prompt)
    greedy(used, other)
    assert greedy(used, prompt) == greedy(Engine(session), prompt)


def test_streams_that_take_turns_do_not_disturb_each_other(session, prompt):
    prompts = [prompt, prompt[:5], prompt[3:], [*prompt[:7], 100, 101]]
    alone = [greedy(Engine(session), each) for each in prompts]
    shared = Engine(session, rows=2)
    streams = [shared.stream(Request(prompt=each, max_tokens=12)) for each in prompts]
    turns = zip(*streams, strict=True)
    together = list(zip(*([drawn.id for drawn in turn] for turn in turns), strict=True))
    assert [list(row[:-1]) for row in together] == alone


def test_cancelling_stops_between_two_tokens(engine, prompt):
    seen = []
    request = Request(prompt=prompt, max_tokens=50)
    seen += (drawn for drawn in engine.stream(request, cancelled=lambda: len(seen) == 3))
    assert [drawn.finish for drawn in seen] == [None, None, None, "cancelled"]


def test_an_abandoned_stream_gives_its_sequence_back(engine, prompt):
    stream = engine.stream(Request(prompt=prompt, max_tokens=50))
    next(stream)
    stream.close()
    assert list(engine.stream(Request(prompt=prompt, max_tokens=1)))[-1].cached > 0


def test_a_stop_token_ends_the_stream_and_is_not_part_of_it(engine, prompt):
    free = greedy(engine, prompt)
    stop = free[5]
    drawn = list(engine.stream(Request(prompt=prompt, max_tokens=12, stop=frozenset({stop}))))
    assert ids(drawn) == free[: free.index(stop)]
    assert drawn[-1].finish == "stop"


def test_the_context_is_a_budget_too(engine):
    prompt = [100] * 318
    drawn = list(engine.stream(Request(prompt=prompt, max_tokens=50)))
    assert (len(ids(drawn)), drawn[-1].finish) == (2, "length")


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize(("length", "count"), [(319, 50), (317, 50), (20, 1), (20, 3)])
def test_the_last_token_is_not_run(engine, length, count, drafts):
    prompt = [100 + n % 50 for n in range(length)]
    drawn = list(engine.stream(Request(prompt=prompt, max_tokens=count, drafts=drafts)))
    made = min(count, 320 - length)
    assert (len(ids(drawn)), drawn[-1].finish) == (made, "length")
    assert engine.counters.steps <= made - 1


def test_scores_are_sums_of_log_probabilities(engine, prompt, reference):
    import torch

    with torch.no_grad():
        row = reference(torch.tensor(prompt)[None]).logits[0].log_softmax(-1)
    expected = sum(row[4 + i, prompt[5 + i]].item() for i in range(3))
    found = engine.score(prompt[:5], [prompt[5:8], [], prompt[5:6]])
    assert found[0] == pytest.approx(expected, abs=1e-3)
    assert found[1] == 0.0
    assert found[2] == pytest.approx(row[4, prompt[5]].item(), abs=1e-3)


def test_log_probabilities_come_with_the_tokens(engine, prompt):
    drawn = list(engine.stream(Request(prompt=prompt, max_tokens=3)))
    total = sum(each.logprob for each in drawn[:-1])
    assert engine.score(prompt, [ids(drawn)])[0] == pytest.approx(total, abs=1e-3)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(ModelNotFound, match=r"missing\.onnx") as caught:
        Session(tmp_path / "missing.onnx")
    assert caught.value.hint


@pytest.mark.parametrize("size", [0, 7, 5_000, 60_000])
def test_a_cut_file_is_corrupt(small, tmp_path, size):
    path = tmp_path / "cut.onnx"
    path.write_bytes(small.int8.read_bytes()[:size])
    with pytest.raises(ModelCorrupt, match=r"cut\.onnx"):
        Session(path)


def test_a_graph_of_another_format_is_corrupt(small, tmp_path):
    import onnx

    model = onnx.load(small.fp32)
    for entry in model.metadata_props:
        if entry.key == "format":
            entry.value = "99"
    onnx.save(model, tmp_path / "new.onnx")
    with pytest.raises(ModelCorrupt, match="format 99"):
        Session(tmp_path / "new.onnx")


def bitmask(allowed, size=64):
    words = np.zeros(size // 32, dtype=np.uint32)
    for token in allowed:
        words[token // 32] |= np.uint32(1 << token % 32)
    return words.view(np.int32)


STOP = frozenset({0})


class Only:
    """A mask that always allows the same tokens; 0 is the end."""

    def __init__(self, allowed, stop=False):
        self._allowed, self._stop = set(allowed), stop

    def accept(self, tokens):
        return self._allowed.issuperset(tokens)

    def validate(self, tokens):
        raise NotImplementedError

    def rollback(self, count):
        raise NotImplementedError

    def allowed(self):
        return bitmask(self._allowed | ({0} if self._stop else set()))

    def can_stop(self):
        return self._stop


@pytest.mark.parametrize("tries", [0, 1, 5, 64])
def test_striking_out_what_is_refused_gives_the_masked_distribution(tries, monkeypatch):
    monkeypatch.setattr("assistants.engine.streams.TRIES", tries)
    logits = np.random.default_rng(0).normal(size=64).astype(np.float32)
    allowed = [3, 17, 31, 32, 63]
    sampler = Sampler(random=np.random.default_rng(5), temperature=1.0)
    drawn = [choose(logits, sampler, stop=STOP, mask=Only(allowed)) for _ in range(4000)]
    found = np.bincount(drawn, minlength=64) / 4000
    expected = softmax(np.where(np.isin(np.arange(64), allowed), logits, np.float32(-np.inf)))
    assert set(drawn) == set(allowed)
    assert np.abs(found - expected).max() < 0.03


def test_a_bitmask_is_read_from_the_lowest_bit_and_no_farther_than_the_vocabulary():
    assert allowed_tokens(bitmask([0, 31, 32, 60, 63]), 61).tolist() == [0, 31, 32, 60]


def test_the_end_is_drawn_only_where_the_mask_can_stop():
    logits = np.zeros(64, dtype=np.float32)
    logits[0] = 50
    sampler = Sampler(random=np.random.default_rng(0))
    assert choose(logits, sampler, stop=STOP, mask=Only([9])) == 9
    assert choose(logits, sampler, stop=STOP, mask=Only([9], stop=True)) is None
    assert choose(logits, sampler, stop=STOP, mask=None) is None


def test_greedy_draws_go_down_in_order_and_never_to_what_cannot_be():
    logits = np.array([1, 3, -np.inf, 2], dtype=np.float32)
    assert list(Sampler(random=np.random.default_rng(0)).draws(logits)) == [1, 3, 0]
    drawn = list(Sampler(random=np.random.default_rng(0), temperature=1.0).draws(logits))
    assert sorted(drawn) == [0, 1, 3]


def test_within_the_nucleus_what_is_refused_is_struck_out():
    logits = np.log(np.array([0.4, 0.3, 0.2, 0.06, 0.04], dtype=np.float32))
    sampler = Sampler(random=np.random.default_rng(0), temperature=1.0, top_p=0.8)
    stop = frozenset({99})
    within = [choose(logits, sampler, stop=stop, mask=Only([1, 2, 4])) for _ in range(2000)]
    assert set(within) == {1, 2}
    assert np.mean(np.array(within) == 1) == pytest.approx(0.6, abs=0.04)
    beyond = {choose(logits, sampler, stop=stop, mask=Only([3, 4])) for _ in range(50)}
    assert beyond == {3}  # the likeliest that is allowed


def test_top_p_keeps_the_smallest_set_that_reaches_it():
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], dtype=np.float32))
    sampler = Sampler(random=np.random.default_rng(0), temperature=1.0, top_p=0.75)
    drawn = [sampler.draw(logits) for _ in range(2000)]
    assert set(drawn) == {0, 1}
    assert np.mean(np.array(drawn) == 0) == pytest.approx(0.5 / 0.8, abs=0.04)


def test_temperature_sharpens():
    logits = np.log(np.array([0.6, 0.4], dtype=np.float32))
    sampler = Sampler(random=np.random.default_rng(0), temperature=0.5)
    drawn = [sampler.draw(logits) for _ in range(2000)]
    assert np.mean(np.array(drawn) == 0) == pytest.approx(0.36 / 0.52, abs=0.04)


def test_equal_seeds_draw_equal_tokens(engine, prompt):
    def draw(seed):
        return ids(engine.stream(Request(prompt=prompt, max_tokens=12, temperature=1.5, seed=seed)))

    assert draw(7) == draw(7)
    assert len({tuple(draw(seed)) for seed in range(5)}) > 1

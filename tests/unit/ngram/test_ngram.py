"""The nested n-gram cache: what is counted, how it is mixed, and how texts come and go."""

import random

import numpy as np
import pytest

from assistants.backends.ngram import Ngram
from assistants.constraint import Program
from assistants.errors import Unsupported
from assistants.model import Chat, FillInTheMiddle, Sampling, generate
from assistants.ngram import Encoder, Memory, Recollection, Texts
from assistants.ngram.contexts import Contexts, bounds


def letters(most=1000):
    """A memory whose tokens are letters."""
    return Memory(
        Encoder("letters", lambda text: [ord(c) for c in text], lambda token: bytes([token]), 128),
        most_tokens=most,
    )


def texts(*parts):
    return Texts(tuple((Contexts.of([part]), None) for part in parts))


def recollection(*nestings, history=()):
    return Recollection([texts(one) for one in nestings], list(history), vocabulary=20)


def likeliest(memory, prefix, name="", before="", after=""):
    state = memory.around(name, before, after).begin(prefix)
    return chr(int(np.argmax(state.probabilities())))


def test_every_length_of_context_finds_its_places():
    contexts = Contexts.of([[1, 2, 3, 1, 2, 4], [5, 1, 2, 6]])
    found = contexts.matches(bounds([3, 1, 2]))
    followers = [sorted(contexts.followers[low:high].tolist()) for low, high in found]
    assert followers == [[3, 4, 6], [3, 4, 6], [4]]


def test_contexts_do_not_reach_from_one_text_into_the_next():
    contexts = Contexts.of([[1, 2], [3, 4]])
    assert contexts.matches(bounds([2])) == []
    ((low, high),) = contexts.matches(bounds([2, 3]))
    assert contexts.followers[low:high].tolist() == [4]


def test_a_context_is_followed_up_to_twelve_tokens():
    text = list(range(1, 16))
    assert len(Contexts.of([text]).matches(bounds(text[:-1]))) == 12


def test_a_distribution_sums_to_one_and_leaves_something_for_every_token():
    probabilities = recollection([1, 2, 3, 1, 2, 4], history=[1, 2]).probabilities()
    assert probabilities.sum() == pytest.approx(1)
    assert (probabilities > 0).all()
    assert set(np.argsort(probabilities)[-2:].tolist()) == {3, 4}


def test_a_longer_context_outweighs_shorter_ones():
    text = [5, 1, 2, 3, 7, 9, 2, 3, 6, 9, 2, 3, 6]
    assert np.argmax(recollection(text, history=[5, 1, 2, 3]).probabilities()) == 7


def test_the_file_outweighs_the_project():
    project, file = [1, 2, 3], [1, 2, 4]
    assert np.argmax(recollection(project, file, history=[1, 2]).probabilities()) == 4
    assert np.argmax(recollection(project, [], history=[1, 2]).probabilities()) == 3


def test_what_was_seen_often_is_surer():
    once = recollection([1, 2], history=[1]).probabilities()[2]
    often = recollection([1, 2] * 10, history=[1]).probabilities()[2]
    assert once < often


def test_the_model_decides_where_nothing_is_recalled():
    logits = np.linspace(0, 3, 20, dtype=np.float32)
    mixed = recollection([1, 2], history=[9]).mixed(logits)
    assert np.allclose(np.diff(mixed), np.diff(logits), atol=1e-4)


def test_a_mixture_raises_what_is_recalled_and_keeps_the_others_in_proportion():
    logits = np.linspace(0, 3, 20, dtype=np.float32)
    mixed = recollection([1, 2], history=[1]).mixed(logits)
    assert np.argmax(mixed) == 2
    rest = np.delete(np.exp(mixed) / np.exp(logits), 2)
    assert np.allclose(rest, rest[0])


def test_hypotheses_go_their_own_ways():
    first = recollection([1, 2, 3, 9, 1, 4, 5], history=[1])
    second = first.fork()
    first.push(2)
    second.push(4)
    assert np.argmax(first.probabilities()) == 3
    assert np.argmax(second.probabilities()) == 5


def test_lines_are_tokenized_once_and_joined_in_order():
    asked = []

    def encode(text):
        asked.append(text)
        return [len(text)]

    encoder = Encoder("lengths", encode, lambda _token: b"", 100)
    assert encoder.encode("ab\n\n  \ncde\nf").tolist() == [7, 4, 1]
    assert encoder.encode("cde\nab\n\n  \n").tolist() == [4, 7]
    assert asked == ["ab\n\n  \n", "cde\n", "f"]


def test_a_text_replaces_its_own_counts():
    memory = letters()
    memory.put({"a.py": "xyxyxy"})
    assert likeliest(memory, "x") == "y"
    memory.put({"a.py": "xzxzxz"})
    assert likeliest(memory, "x") == "z"
    assert memory.tokens == 6
    memory.drop("a.py")
    assert memory.tokens == 0
    assert memory.around("", "", "").begin("x").evidence() == []


def test_texts_in_the_big_index_are_replaced_too():
    memory = letters(most=200_000)
    memory.put({"big": "ab" * 40_000, "old": "xy" * 10})
    assert len(memory.recent.big) == 80_020
    memory.put({"old": "xz" * 10})
    assert len(memory.recent.big) == 80_020
    assert likeliest(memory, "x") == "z"


def test_the_text_being_written_counts_as_it_is_now_and_not_as_it_was_saved():
    memory = letters()
    memory.put({"a.py": "xyxyxy"})
    assert memory.around("a.py", "", "").begin("x").evidence() == []
    assert likeliest(memory, "x", name="a.py", before="xz\n", after="") == "z"
    assert likeliest(memory, "x", name="b.py") == "y"


def test_what_follows_the_cursor_is_recalled_too():
    assert likeliest(letters(), "x", before="", after="xq") == "q"


def test_a_memory_is_bounded():
    memory = letters(most=10)
    memory.put({"a": "x" * 8, "b": "y" * 8})
    assert memory.tokens == 8
    memory.drop("a")
    memory.put({"b": "y" * 8})
    assert memory.tokens == 8


@pytest.fixture(scope="module")
def ngram():
    return Ngram.installed()


WRITTEN = "def total(items):\n    for item in items:\n        count += item.price\n\n" * 70


def test_it_writes_what_the_text_repeats(ngram):
    prompt = FillInTheMiddle(prefix=WRITTEN + "def other(items):\n    for item", language="python")
    text = generate(ngram, prompt, sampling=Sampling(max_tokens=12)).text
    assert text.startswith(" in items:\n        count += item.price")


@pytest.mark.parametrize("typed", ["", " ", "  ", "    ", "    f", "    for it", "    for item in"])
def test_what_is_half_typed_is_completed(ngram, typed):
    line = "    for item in items:"
    prompt = FillInTheMiddle(prefix=f"{WRITTEN}def other(items):\n{typed}", language="python")
    text = generate(ngram, prompt, sampling=Sampling(max_tokens=12)).text
    assert (typed + text).startswith(line)


def test_it_stops_where_the_text_is_no_longer_likely(ngram):
    words = random.Random(5).choices(["first", "third", "other"], k=90)
    either = "".join(f"a = {word}(x)\n" for word in words)
    text = generate(ngram, FillInTheMiddle(prefix=either + "a"), sampling=Sampling()).text
    assert text == " ="


def test_it_keeps_to_a_program(ngram):
    prefix = "x = f(a, b]\n" * 70 + "y = f"
    program = Program("python", "y = f", "")
    prompt = FillInTheMiddle(prefix=prefix, language="python")
    free = generate(ngram, prompt, sampling=Sampling(max_tokens=6)).text
    held = generate(ngram, prompt, constraint=program, sampling=Sampling(max_tokens=6)).text
    assert free.startswith("(a, b]")
    assert held.startswith("(a, b")
    assert "]" not in held


def test_scores_are_log_probabilities(ngram):
    prompt = FillInTheMiddle(prefix=WRITTEN + "def other(items):\n")
    likely, unlikely = ngram.score(prompt, ["    for item in items:", "    while True:"])
    assert unlikely < likely < 0


def test_it_holds_no_conversation(ngram):
    with pytest.raises(Unsupported, match="only fills in the middle"):
        next(ngram.stream(Chat(())))


def test_words_are_as_likely_as_the_texts_make_them():
    memory = letters()
    memory.put({"other": "self.radius = 1\nself.radius = 2\nself.radians = 3\n"})
    here = memory.around("mine", "x = 1\n", "")
    radius, radians, area = here.likelihoods("self.", ["radius", "radians", "area"])
    assert radius > radians > area


def test_a_longer_word_is_not_counted_for_the_shorter_one_that_it_begins_with():
    memory = letters()
    memory.put({"other": "self.load_all()\n" * 60})
    here = memory.around("mine", "x = 1\n", "")
    short, long = here.likelihoods("self.", ["load", "load_all"])
    assert long > short

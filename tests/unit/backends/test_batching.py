"""Streams that decode together: what runs with what, in which order, and the same tokens."""

import threading
import time
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest

from assistants.engine import Engine, Request, Session
from assistants.engine.lane import SLICE
from assistants.engine.native import NativeSession, available
from assistants.engine.scheduler import Scheduler, Slot
from assistants.engine.session import Step
from assistants.engine.slots import Slots
from assistants.engine.weights import read


class Memory:
    """Records the steps; a step may be held up, so that others queue behind it."""

    rows = 4

    def __init__(self, *, uniform=False):
        self.uniform = uniform
        self.steps, self.gate = [], threading.Event()
        self.gate.set()
        self.fails = False

    def together(self, steps):
        self.steps.append((steps[0].row, [list(step.tokens) for step in steps]))
        assert self.gate.wait(30)
        if self.fails:
            raise RuntimeError("out of order")
        return [np.array([[step.tokens[-1]]] * step.keep, dtype=np.float32) for step in steps]


@pytest.fixture
def memory():
    return Memory()


def together(memory, scheduler, work):
    """Queue work while a first step is held up; return what ran after it, in order."""
    memory.gate.clear()
    blocker = Slot(memory, 99)
    threads = [threading.Thread(target=scheduler.run, args=(blocker, 0, [0, 0]))]
    threads[0].start()
    wait_until(lambda: memory.steps)
    for slot, tokens in work:
        before = scheduler.waiting
        threads.append(threading.Thread(target=scheduler.run, args=(slot, 0, tokens)))
        threads[-1].start()
        wait_until(lambda before=before: scheduler.waiting == before + 1)
    memory.gate.set()
    for thread in threads:
        thread.join(30)
    return memory.steps[1:]


def wait_until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_single_tokens_of_neighbours_run_as_one_batch(memory):
    rows = [Slot(memory, row) for row in range(4)]
    ran = together(memory, Scheduler(), [(rows[2], [12]), (rows[0], [10]), (rows[1], [11])])
    assert ran == [(0, [[10], [11], [12]])]


def test_rows_that_are_no_neighbours_and_steps_of_several_tokens_run_alone(memory):
    rows = [Slot(memory, row) for row in range(4)]
    ran = together(memory, Scheduler(), [(rows[0], [1]), (rows[2], [2]), (rows[1], [3, 4])])
    assert ran == [(0, [[1]]), (2, [[2]]), (1, [[3, 4]])]


def test_uniform_memory_takes_all_steps_of_a_round_at_once():
    memory = Memory(uniform=True)
    rows = [Slot(memory, row) for row in range(4)]
    ran = together(memory, Scheduler(), [(rows[3], [1]), (rows[2], [2]), (rows[0], [3, 4])])
    assert ran == [(0, [[3, 4], [2], [1]])]


def test_prompts_take_turns_with_rounds_of_decoding(memory):
    rows = [Slot(memory, row) for row in range(4)]
    long = list(range(SLICE))
    ran = together(
        memory, Scheduler(),
        [(rows[0], long), (rows[1], long), (rows[2], [5]), (rows[3], [6, 7])],
    )  # fmt: skip
    sizes = [[len(tokens) for tokens in step] for _, step in ran]
    assert sizes == [[SLICE], [1], [2], [SLICE]]


def test_every_waiter_gets_its_own_logits_and_a_failure_reaches_all_of_the_batch(memory):
    scheduler = Scheduler()
    slot = Slot(memory, 0)
    assert scheduler.run(slot, 0, [41]).tolist() == [[41.0]]
    memory.fails = True
    with pytest.raises(RuntimeError, match="out of order"):
        scheduler.run(slot, 1, [42])
    memory.fails = False
    assert scheduler.run(slot, 1, [43]).tolist() == [[43.0]]
    assert scheduler.waiting == 0


def test_the_steps_of_a_led_stream_follow_each_other_and_its_failure_reaches_it_alone(memory):
    scheduler, slot, seen, wrong = Scheduler(), Slot(memory, 0), [], []

    def onward(logits):
        seen.append(int(logits[0, 0]))
        if len(seen) == 4:
            raise ValueError("the fourth")
        return Step(row=0, length=len(seen), tokens=[seen[-1] + 1], keep=1)

    led = scheduler.lead(slot, Step(row=0, length=0, tokens=[7], keep=1), onward, wrong.append)
    wait_until(lambda: wrong)
    scheduler.release(led)
    assert seen == [7, 8, 9, 10]
    assert [type(error) for error in wrong] == [ValueError]
    assert scheduler.run(slot, 0, [43]).tolist() == [[43.0]]
    memory.fails = True
    led = scheduler.lead(slot, Step(row=0, length=0, tokens=[7], keep=1), onward, wrong.append)
    wait_until(lambda: len(wrong) == 2)
    scheduler.release(led)
    assert scheduler.waiting == 0


def test_nothing_of_a_led_stream_runs_behind_its_release(memory):
    scheduler, slot, seen = Scheduler(), Slot(memory, 0), []

    def onward(logits):
        seen.append(int(logits[0, 0]))
        return Step(row=0, length=len(seen), tokens=[len(seen)], keep=1)

    for _ in range(20):
        led = scheduler.lead(slot, Step(row=0, length=0, tokens=[7], keep=1), onward, pytest.fail)
        wait_until(lambda: seen)
        scheduler.release(led)
        count = len(seen)
        assert scheduler.run(slot, 0, [43]).tolist() == [[43.0]]
        assert len(seen) == count
        seen.clear()


def test_steps_of_other_threads_run_beside_led_streams(memory):
    scheduler = Scheduler()
    rows = [Slot(memory, row) for row in range(3)]
    seen = []

    def onward(logits):
        seen.append(int(logits[0, 0]))
        return Step(row=0, length=len(seen), tokens=[len(seen)], keep=1)

    led = scheduler.lead(rows[0], Step(row=0, length=0, tokens=[7], keep=1), onward, pytest.fail)
    for number in range(30):
        assert scheduler.run(rows[1], number, [number]).tolist() == [[number]]
        assert scheduler.run(rows[2], 0, list(range(SLICE))).tolist() == [[SLICE - 1]]
    scheduler.release(led)
    assert len(seen) >= 20


def test_a_second_bank_is_made_when_all_rows_are_busy_and_given_up_when_idle():
    made = []
    slots = Slots(lambda: made.append(Memory()) or made[-1])
    taken = [slots.take([1, 2]) for _ in range(5)]
    assert [(slot.memory is made[0], slot.row) for slot in taken] == [
        (True, 0), (True, 1), (True, 2), (True, 3), (False, 0),
    ]  # fmt: skip
    assert slots.busy == 5
    for slot in taken:
        slots.give_back(slot)
    for _ in range(5):
        slots.take([1, 2])
    assert len(made) == 3


def test_the_slot_that_holds_most_of_a_prompt_is_taken():
    slots = Slots(Memory)
    first, second = slots.take([]), slots.take([])
    first.keys[:], second.keys[:] = [1, 2, 9], [1, 2, 3]
    for slot in (first, second):
        slots.give_back(slot)
    assert slots.take([1, 2, 3, 4]) is second


@pytest.fixture(
    scope="module",
    params=[
        "onnxruntime",
        pytest.param("kernel", marks=pytest.mark.skipif(not available(), reason="not compiled")),
    ],
)
def session(small, request):
    if request.param == "onnxruntime":
        return Session(small.int8, threads=1)
    return NativeSession(small.int8, read(small.int8), threads=2)


PROMPTS = [list(range(100 + 7 * n, 100 + 7 * n + 5 + 11 * n)) for n in range(6)]


def greedy(engine, prompt, drafts, count=24):
    request = Request(prompt=prompt, max_tokens=count, drafts=drafts)
    return [drawn.id for drawn in engine.stream(request) if drawn.id is not None]


@pytest.mark.parametrize("drafts", [False, True])
def test_streams_of_many_threads_get_the_tokens_that_they_get_alone(session, drafts):
    alone = [greedy(Engine(session), prompt, drafts) for prompt in PROMPTS]
    engine = Engine(session, rows=4)
    found = [None] * len(PROMPTS)

    def work(number):
        for _ in range(2):
            found[number] = greedy(engine, PROMPTS[number], drafts)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(PROMPTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == alone
    assert engine.counters.reused > 0
    assert engine.counters.waiting == 0


@contextmanager
def crowded(engine):
    """Hold a lane in each company, so that a stream is in company wherever it decodes."""
    with ExitStack() as held:
        for _ in range(engine._session.companies):
            held.enter_context(engine.lane([1, 2]))
        yield


def test_streams_join_the_smallest_company(session):
    engine = Engine(session, rows=2)
    with ExitStack() as held:
        lanes = [held.enter_context(engine.lane([5, number])) for number in range(4)]
        sizes = [company.slots.busy for company in engine._companies]
        assert sizes == [4 // session.companies] * session.companies
        assert all(lane.crowded for lane in lanes)
    assert [company.slots.busy for company in engine._companies] == [0] * session.companies


def test_a_stream_goes_back_to_the_company_that_holds_its_prompt(session):
    engine = Engine(session, rows=2)
    with engine.lane([5]):
        greedy(engine, PROMPTS[2], drafts=False, count=2)
    with engine.lane(PROMPTS[2]) as lane:
        assert lane.slot.keys[: len(PROMPTS[2])] == PROMPTS[2]


def test_a_stream_whose_tokens_nobody_takes_is_not_drawn_to_its_end(session):
    engine = Engine(session, rows=2)
    idle = engine.stream(Request(prompt=PROMPTS[0], max_tokens=400, drafts=False))
    with crowded(engine):
        taken = [next(idle).id for _ in range(3)]
        assert greedy(engine, PROMPTS[1], drafts=False, count=40)
        before = engine.counters.tokens
    idle.close()
    assert engine.counters.tokens - before < 20
    assert taken == greedy(Engine(session), PROMPTS[0], drafts=False, count=3)


class _Stern:
    """Accepts only tokens that a mask allows, which are the least likely ones."""

    def __init__(self, allowed):
        self._allowed, self.threads = allowed, set()

    def accept(self, tokens):
        return all(token in self._allowed for token in tokens)

    def allowed(self):
        self.threads.add(threading.current_thread().name)
        bits = np.zeros(1 << 15, dtype=np.uint8)
        bits[list(self._allowed)] = 1
        return np.packbits(bits, bitorder="little").view(np.int32)

    def validate(self, tokens):
        return 0

    def can_stop(self):
        return False


def test_a_whole_mask_is_built_in_the_streams_own_thread(session):
    def masked(engine, mask):
        request = Request(prompt=PROMPTS[2], max_tokens=12, mask=mask, drafts=False)
        return [drawn.id for drawn in engine.stream(request)]

    with Engine(session).lane(PROMPTS[2]) as lane:
        unlikely = set(np.argsort(lane.fill(PROMPTS[2], lambda: False)[0][0])[:5].tolist())
    alone = masked(Engine(session), _Stern(unlikely))
    engine, mask = Engine(session), _Stern(unlikely)
    with crowded(engine):
        assert masked(engine, mask) == alone
    assert mask.threads == {threading.current_thread().name}


def test_a_led_stream_is_cancelled_between_two_tokens(session):
    engine, flag = Engine(session), threading.Event()
    with crowded(engine):
        stream = engine.stream(Request(prompt=PROMPTS[4], max_tokens=90), cancelled=flag.is_set)
        for _ in range(5):
            next(stream)
        flag.set()
        assert [drawn.finish for drawn in stream] == ["cancelled"]


def test_what_is_cached_does_not_change_a_bit(session):
    """Rows, blocks of the cache and forks come before; logits must be those of a fresh engine."""
    text = PROMPTS[5]
    used = Engine(session, rows=2)
    greedy(used, text[:20], drafts=False)
    greedy(used, [*text[:30], 5, 6], drafts=True)
    greedy(used, text[:41], drafts=True)
    with used.lane(text) as lane:
        found, cached = used.filled(lane, text, lambda: False)
    assert cached >= 40
    with Engine(session).lane(text) as lane:
        assert np.array_equal(lane.fill(text, lambda: False)[0], found)


def test_interleaved_streams_of_one_thread_never_wait_for_each_other(session):
    engine = Engine(session, rows=2)
    streams = [engine.stream(Request(prompt=prompt, max_tokens=6)) for prompt in PROMPTS]
    rounds = [[next(stream).id for stream in streams] for _ in range(6)]
    expected = [greedy(Engine(session), prompt, drafts=True, count=6) for prompt in PROMPTS]
    assert [list(column) for column in zip(*rounds, strict=True)] == expected


def test_a_prompt_that_is_cancelled_keeps_what_was_run(session):
    engine = Engine(session)
    prompt = [100 + n % 90 for n in range(300)]
    asked = iter([False, True])
    drawn = list(engine.stream(Request(prompt=prompt, max_tokens=3), cancelled=lambda: next(asked)))
    assert [each.finish for each in drawn] == ["cancelled"]
    again = list(engine.stream(Request(prompt=prompt, max_tokens=3)))
    assert 200 < again[-1].cached < 300


def test_a_hypothesis_of_a_search_comes_back_without_running_again(session):
    engine = Engine(session)
    prompt = PROMPTS[3]
    with engine.lane(prompt) as lane:
        engine.filled(lane, prompt, lambda: False)
        first = lane.behind([7, 8]).copy()
        lane.hold()
        other = lane.behind([7, 9, 10]).copy()
        lane.hold()
        steps = []
        scheduler = engine._companies[0].scheduler
        run = scheduler.run
        scheduler.run = lambda *a: steps.append(a[2]) or run(*a)
        assert np.array_equal(lane.behind([7, 8]), first)
        assert np.array_equal(lane.behind([7, 9, 10]), other)
        assert [list(tokens) for tokens in steps] == [[8], [10]]
        lane.trim((7,))
        lane.behind([6])
        assert np.array_equal(lane.behind([7, 8]), first)
        assert [list(tokens) for tokens in steps[2:]] == [[6], [7], [8]]

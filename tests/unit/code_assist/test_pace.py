"""The wait before the model is asked follows the pace of typing."""

import asyncio

from lsp.pace import Pace


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def typing(pace, clock, between, keys=20, answer=None):
    """Type with a request for each key; a model that is as quick as that answers before the next."""

    for _ in range(keys):
        pace.key()
        pace.asked()
        if answer is not None and answer < between:
            pace.answered(answer)
        clock.now += between


def test_a_quick_model_is_never_waited_for():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(20):
        pace.answered(0.03)
    typing(pace, clock, 0.08)
    assert pace.wait == 0


def test_a_slow_model_is_asked_when_the_keys_pause():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(30):
        pace.answered(0.5)
    typing(pace, clock, 0.1)
    quick = pace.wait
    typing(pace, clock, 0.3)
    assert 0 < quick < pace.wait <= 0.25


def test_a_slow_model_is_not_waited_for_where_the_keys_are_slower():
    clock = Clock()
    pace = Pace(clock)
    typing(pace, clock, 0.4, answer=0.3)
    assert pace.wait == 0
    typing(pace, clock, 0.1, answer=0.3)
    assert pace.wait > 0
    typing(pace, clock, 0.4, answer=0.3)
    assert pace.wait == 0


def test_a_pause_says_nothing_about_the_pace():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(30):
        pace.answered(0.5)
    typing(pace, clock, 0.1)
    before = pace.wait
    clock.now += 600
    pace.key()
    assert pace.wait == before > 0


def test_only_the_last_of_several_requests_goes_on():
    async def run():
        clock = Clock()
        pace = Pace(clock)
        for _ in range(30):
            pace.answered(0.5)
        typing(pace, clock, 0.1)
        return await asyncio.gather(*(pace.settle("a") for _ in range(3)), pace.settle("b"))

    assert asyncio.run(run()) == [False, False, True, True]

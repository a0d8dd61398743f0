"""The wait before the model is asked follows the pace of typing."""

import asyncio

from lsp.pace import Pace


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def typing(pace, clock, between, keys=20):
    for _ in range(keys):
        clock.now += between
        pace.key()


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


def test_a_pause_says_nothing_about_the_pace():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(30):
        pace.answered(0.5)
    typing(pace, clock, 0.1)
    before = pace.wait
    clock.now += 600
    pace.key()
    assert pace.wait == before


def test_only_the_last_of_several_requests_goes_on():
    async def run():
        pace = Pace()
        for _ in range(30):
            pace.answered(0.5)
        return await asyncio.gather(*(pace.settle("a") for _ in range(3)), pace.settle("b"))

    assert asyncio.run(run()) == [False, False, True, True]

"""Calls that end in time, also in C, and work that goes on after one that ended the process."""

import ctypes
import faulthandler
import itertools
import os
import time
from pathlib import Path

from code_assist.testing.plumb_guest.checkpoints import Checkpoints


def endless() -> object:
    return sum(itertools.count())  # in C: no handler written in Python is ever called


def test_what_never_ends_in_c_or_crashes_is_given_up_and_the_work_goes_on() -> None:
    checkpoints = Checkpoints()
    calls = [lambda: 1, endless, time.time, lambda: ctypes.string_at(0), lambda: os._exit(3)]

    def work() -> dict[str, object]:
        faulthandler.disable()  # a crash is meant
        ended = [checkpoints.succeeds((0, n), 0.05, call) for n, call in enumerate(calls)]
        return {"ended": ended, "again": checkpoints.succeeds((0, 1), 0.05, endless)}

    told = checkpoints.survive(work)

    assert told == {"ended": [True, False, True, False, False], "again": False}


def test_a_checkpoint_keeps_what_was_done_and_the_time_it_took(tmp_path: Path) -> None:
    checkpoints, log = Checkpoints(), tmp_path / "log"

    def work() -> dict[str, object]:
        with log.open("a") as stream:
            stream.write("first ")
        while checkpoints.spent() < 0.8:  # longer than from one checkpoint to the next
            pass
        checkpoints.pass_by()
        with log.open("a") as stream:
            stream.write("second ")
        checkpoints.succeeds((0, 1), 0.05, endless)
        return {"spent": checkpoints.spent()}

    spent = checkpoints.survive(work)["spent"]

    assert log.read_text() == "first second second "
    assert isinstance(spent, float)
    assert spent > 0.8 + 0.1  # that of the call that was ended counts


def test_versions_that_end_the_process_twice_are_risky_with_other_inputs() -> None:
    checkpoints = Checkpoints()

    def work() -> dict[str, object]:
        for number in range(2):
            checkpoints.succeeds((7, number), 0.05, endless)
        return {"other": checkpoints.is_risky((7, 2)), "known": checkpoints.is_risky((7, 1))}

    assert checkpoints.survive(work) == {"other": True, "known": False}


def test_a_greedy_call_has_a_memory_error_and_the_work_goes_on() -> None:
    checkpoints = Checkpoints()

    def work() -> dict[str, object]:
        return {"made": [checkpoints.succeeds((0, n), 5.0, lambda n=n: bytes(n)) for n in sizes]}

    sizes = (1 << 31, 1 << 10)

    assert checkpoints.survive(work) == {"made": [False, True]}

"""Runs a test file with pytest in the sandbox, repeatedly, and says which tests failed when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistants.errors import InputError
from assistants.model import Cancel
from code_assist.sandbox import Limits, run

from .project import Project

_PLUGIN = '''"""Runs the collected tests several times, each in a fork with an order of its own.

A test that ends its process, or does not end, has failed: the others run again without it.
"""
import json, os, random, signal

ORDER, AGAIN = int(os.environ["PLUMB_ORDER"]), int(os.environ["PLUMB_AGAIN"])
SECONDS = float(os.environ["PLUMB_EACH"])
_seen = {}

def ordered(items, order):
    if order == 1:
        items.reverse()
    elif order > 1:
        random.Random(order).shuffle(items)

def named(nodeid):
    return nodeid.split("::", 1)[-1].split("[", 1)[0]  # all inputs of a test together

def write(told):
    with open("outcome.json", "w") as file:
        json.dump(told, file)

def read():
    if not os.path.exists("outcome.json"):
        return {}
    with open("outcome.json") as file:
        told = file.read()
    os.remove("outcome.json")
    return json.loads(told) if told else {}

def pytest_runtestloop(session):
    collected = list(session.items)
    for number in range(AGAIN):
        fatal = {}
        while True:
            child = os.fork()
            if child == 0:
                session.items[:] = [one for one in collected if named(one.nodeid) not in fatal]
                ordered(session.items, ORDER + 4 * number)
                return None  # pytest goes on with its own loop
            os.waitpid(child, 0)
            told = read()
            running = told.get("running")
            if running is None or running in fatal:
                break
            fatal[running] = "fatal"
        told.setdefault("tests", {}).update(fatal)
        with open("outcomes.txt", "a") as file:
            file.write("PLUMB " + json.dumps(told) + "\\n")
    return True

def pytest_runtest_logstart(nodeid, location):
    write({"running": named(nodeid), "tests": _seen})
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # the alarm ends the process

def pytest_runtest_logreport(report):
    name = named(report.nodeid)
    if report.failed or report.skipped:
        _seen[name] = report.outcome
    else:
        _seen.setdefault(name, "passed")

def pytest_sessionfinish(session, exitstatus):
    signal.setitimer(signal.ITIMER_REAL, 0)
    write({"exit": int(exitstatus), "tests": _seen})
'''
_RUN = """
import os, sys, pytest
options = ['-q', '--tb=short', '-p', 'no:cacheprovider', '--no-header', '-p', 'plumb_order',
           '--import-mode=importlib', '--rootdir=.', '-c', os.devnull]
me = os.getpid()
pytest.main([sys.argv[1], *options])
sys.stdout.flush()
if os.getpid() != me:
    os._exit(0)
print()
if os.path.exists('outcomes.txt'):
    print(open('outcomes.txt').read())
"""
_SHARE = 0.2
"""The part of the seconds that one test may take."""
_PROCESSES = 4
"""Runs beyond this many share processes and one collection: hash seeds are a process's."""
_ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
_LIMITS = Limits(cpu_seconds=300, memory_mb=1500, address_space_mb=2048)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What repeated runs showed: tests that passed always, and the others."""

    count: int
    passed: frozenset[str]
    failed: frozenset[str]
    said: str = ""
    protections: tuple[str, ...] = ()


def run_tests(
    project: Project,
    text: str,
    *,
    runs: int = 3,
    seconds: float = 60.0,
    cancel: Cancel | None = None,
    extra: Sequence[Path] = (),
) -> Runs:
    """Run a test file several times: other hash seeds, orders and time zones.

    Raises `InputError` where the project's Python has no pytest.
    """
    passed: frozenset[str] | None = None
    seen: set[str] = set()
    said, protections = "", ()
    processes = min(runs, _PROCESSES)
    for number in range(processes):
        again = len(range(number, runs, processes))
        outcome = run(
            [project.python, "-B", "-c", _RUN, "test_plumb.py"],
            seconds=seconds * again,
            readable=[project.root, project.home, *extra],
            files={"test_plumb.py": text, "plumb_order.py": _PLUGIN},
            environment={
                "PYTHONHASHSEED": str(number * 4241),
                "PLUMB_ORDER": str(number),
                "PLUMB_AGAIN": str(again),
                "PLUMB_EACH": str(seconds * _SHARE),
                "PYTHONPATH": f"{project.root}:.",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # these tests need none, and some are slow
                "TZ": _ZONES[number % len(_ZONES)],
            },
            limits=_LIMITS,
            cancel=cancel,
        )
        protections = outcome.protections
        output = outcome.stdout.decode("utf-8", "replace")
        if "No module named 'pytest'" in outcome.stderr.decode("utf-8", "replace"):
            raise InputError(
                f"{project.python} has no pytest", hint="install pytest there, or use --python"
            )
        rows = _outcomes(output)
        for tests in rows or [{}]:
            seen |= tests.keys()
            now = frozenset(name for name, how in tests.items() if how == "passed")
            if now != frozenset(tests) or not tests:
                said = said or output[-3000:]
            passed = now if passed is None else passed & now
    passed = passed or frozenset()
    failed = frozenset(seen) - passed
    return Runs(count=runs, passed=passed, failed=failed, said=said, protections=protections)


def _outcomes(output: str) -> list[dict[str, str]]:
    """Return each run's outcomes by test; none for a run that did not come to its end."""
    found: list[dict[str, str]] = []
    for line in output.splitlines():
        if line.startswith("PLUMB "):
            try:
                told = json.loads(line.removeprefix("PLUMB "))
            except ValueError:
                told = {}
            found.append(dict(told.get("tests", {})) if isinstance(told, dict) else {})
    return found

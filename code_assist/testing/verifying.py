"""Runs a test file with pytest in the sandbox, repeatedly, and says which tests failed when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistants.errors import InputError
from assistants.model import Cancel
from code_assist.sandbox import Limits, run

from .project import Project

_PLUGIN = '''"""Orders tests, and writes down how each ended."""
import json, os, random

def pytest_collection_modifyitems(items):
    order = int(os.environ["PLUMB_ORDER"])
    if order == 1:
        items.reverse()
    elif order > 1:
        random.Random(order).shuffle(items)

_seen = {}

def pytest_runtest_logreport(report):
    name = report.nodeid.split("::", 1)[-1]
    if report.failed or report.skipped:
        _seen[name] = report.outcome
    else:
        _seen.setdefault(name, "passed")

def pytest_sessionfinish(session, exitstatus):
    with open("outcome.json", "w") as file:
        json.dump({"exit": int(exitstatus), "tests": _seen}, file)
'''
_RUN = (
    "import sys, os, pytest\n"
    "code = pytest.main([sys.argv[1], '-q', '--tb=short', '-p', 'no:cacheprovider', '--no-header',"
    " '-p', 'plumb_order', '--import-mode=importlib', '--rootdir=.', '-c', os.devnull])\n"
    "print()\n"
    "print('PLUMB', open('outcome.json').read() if os.path.exists('outcome.json') else int(code))\n"
)
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
    for number in range(runs):
        outcome = run(
            [project.python, "-B", "-c", _RUN, "test_plumb.py"],
            seconds=seconds,
            readable=[project.root, project.home, *extra],
            files={"test_plumb.py": text, "plumb_order.py": _PLUGIN},
            environment={
                "PYTHONHASHSEED": str(number * 4241),
                "PLUMB_ORDER": str(number),
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
        tests = _outcomes(output)
        seen |= tests.keys()
        now = frozenset(name for name, how in tests.items() if how == "passed")
        if now != frozenset(tests) or not tests:
            said = said or output[-3000:]
        passed = now if passed is None else passed & now
    passed = passed or frozenset()
    failed = frozenset(seen) - passed
    return Runs(count=runs, passed=passed, failed=failed, said=said, protections=protections)


def _outcomes(output: str) -> dict[str, str]:
    """Return each test's outcome; none where pytest did not come to its end."""
    _, mark, rest = output.rpartition("PLUMB ")
    if not mark:
        return {}
    try:
        told = json.loads(rest)
    except ValueError:
        return {}
    return dict(told["tests"]) if isinstance(told, dict) else {}

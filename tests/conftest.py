"""What every test shares: where outside data lies, and what is skipped without it."""

import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# A run that was started in the background ignores Ctrl-C, and so would the programs that it tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("default")


def _has_postgres() -> bool:
    return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or bool(
        shutil.which("initdb")
    )


def _has_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, visibly, what needs something that this machine does not have."""
    reasons = {
        "shared": None if SHARED.is_dir() else "the data folder is not beside the repository",
        "postgres": None if _has_postgres() else "no PostgreSQL programs on this machine",
        "gpu": None if _has_gpu() else "no GPU on this machine",
    }
    for item in items:
        for mark, reason in reasons.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder beside the repository; its tests carry the `shared` mark."""
    return SHARED

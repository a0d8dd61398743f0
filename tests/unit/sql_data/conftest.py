"""The two databases at full size, built once for all tests here."""

import duckdb
import pytest

from sql_agent.bundled import locate


@pytest.fixture(scope="session")
def bundles(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMB_CACHE_DIR", str(tmp_path_factory.mktemp("bundled")))
        return {name: locate(name) for name in ("finance", "medical")}


@pytest.fixture(scope="session")
def full(bundles):
    return {name: duckdb.connect(str(b.path), read_only=True) for name, b in bundles.items()}

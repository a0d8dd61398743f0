"""Tests of where JUnit is found: releases of one store must not be mixed."""

from pathlib import Path

import pytest

from assistants.errors import InputError
from code_assist.java_testing.junit import find_junit

JUPITER = ("junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params")
PLATFORM = ("junit-platform-commons", "junit-platform-engine", "junit-platform-launcher")


def fill(folder: Path, *, jupiter: str, platform: str, without: str = "") -> None:
    versions = dict.fromkeys(JUPITER, jupiter) | dict.fromkeys(PLATFORM, platform)
    for name, version in (versions | {"opentest4j": "1.3.0", "apiguardian-api": "1.1.2"}).items():
        group = "jupiter" if name in JUPITER else "platform" if name in PLATFORM else ""
        above = f"junit/{group}" if group else name.partition("-")[0]
        at = folder / ".m2/repository/org" / above / name / version
        if name != without:
            at.mkdir(parents=True, exist_ok=True)
            (at / f"{name}-{version}.jar").touch()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if list(Path("/usr/share/java").glob("junit-jupiter-api*")):
        pytest.skip("Debian's JUnit is here and comes first")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def names(found: tuple[Path, ...]) -> list[str]:
    return [one.stem for one in found[:6]]


def test_the_newest_complete_release_is_taken_whole(home: Path) -> None:
    fill(home, jupiter="5.9.2", platform="1.9.2")
    fill(home, jupiter="5.14.4", platform="1.14.4")
    fill(home, jupiter="5.15.0", platform="1.15.0", without="junit-platform-launcher")
    fill(home, jupiter="6.1.3", platform="6.1.3")

    found = names(find_junit([]))

    assert found == [*(f"{one}-5.14.4" for one in JUPITER), *(f"{one}-1.14.4" for one in PLATFORM)]


def test_junit_6_serves_where_there_is_nothing_else(home: Path) -> None:
    fill(home, jupiter="6.1.3", platform="6.1.3")
    assert {one.rpartition("-")[2] for one in names(find_junit([]))} == {"6.1.3"}


def test_a_project_s_own_libraries_come_first(home: Path, tmp_path: Path) -> None:
    fill(home, jupiter="5.14.4", platform="1.14.4")
    folder = tmp_path / "lib"
    folder.mkdir()
    for name in (*JUPITER, *PLATFORM, "opentest4j", "apiguardian-api"):
        (folder / f"{name}.jar").touch()

    assert {one.parent for one in find_junit([folder])} == {folder}


def test_a_release_that_is_not_whole_is_none(home: Path) -> None:
    fill(home, jupiter="5.15.0", platform="1.15.0", without="junit-jupiter-engine")
    with pytest.raises(InputError, match="JUnit 5"):
        find_junit([])

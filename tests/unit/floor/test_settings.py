"""Settings: precedence, origins, what is refused, and what a stranger's project may set."""

from pathlib import Path

import pytest

from assistants import settings
from assistants.errors import SettingsError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; the user's file is `home / "config.toml"`."""
    for variable in ("MODEL", "MAX_TOKENS", "SECONDS", "DATABASES", "TRUSTED"):
        monkeypatch.delenv(f"PLUMB_{variable}", raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(settings, "user_file", lambda: folder / "config.toml")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "src"
    folder.mkdir(parents=True)
    return folder.parent


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_say_so(home: Path, project: Path) -> None:
    loaded = settings.load(start=project)
    assert (loaded.model, loaded.color, dict(loaded.databases)) == ("bundled", "auto", {})
    assert str(loaded.origin("model")) == "default"


def test_each_source_wins_over_the_next(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = write(home / "config.toml", "max_tokens = 10\nseconds = 11\nthreads = 2\nrow_limit = 3")
    write(project / "plumb.toml", "max_tokens = 20\nseconds = 21\nthreads = 3")
    monkeypatch.setenv("PLUMB_MAX_TOKENS", "30")
    monkeypatch.setenv("PLUMB_SECONDS", "31.5")
    loaded = settings.load({"max_tokens": "40"}, start=project / "src")
    assert (loaded.max_tokens, loaded.seconds, loaded.threads, loaded.row_limit) == (40, 31.5, 3, 3)
    assert str(loaded.origin("max_tokens")) == "flag --max-tokens"
    assert str(loaded.origin("seconds")) == "environment PLUMB_SECONDS"
    assert str(loaded.origin("threads")) == f"project {project / 'plumb.toml'}, key threads"
    assert str(loaded.origin("row_limit")) == f"user {user}, key row_limit"


def test_nearest_project_file_counts_and_pyproject_without_a_table_is_passed_over(
    home: Path, project: Path
) -> None:
    write(project / "pyproject.toml", "[tool.plumb]\nmax_tokens = 7")
    write(project / "src" / "pyproject.toml", "[tool.ruff]\nline-length = 3")
    assert settings.load(start=project / "src").max_tokens == 7
    write(project / "src" / "plumb.toml", "max_tokens = 8")
    assert settings.load(start=project / "src").max_tokens == 8


def test_a_half_edited_pyproject_of_others_is_none_of_our_business(
    home: Path, project: Path
) -> None:
    write(project / "pyproject.toml", "[tool.ruff\nline")
    assert settings.load(start=project).model == "bundled"


@pytest.mark.parametrize(
    "line",
    [
        'model = "http://evil.example/v1#m"',
        'cache_dir = "weights"',
        'log_level = "debug"',
        '[databases]\nfinance = "postgresql://evil.example/x"',
    ],
)
def test_a_project_may_not_choose_model_database_cache_or_log(
    line: str, home: Path, project: Path
) -> None:
    path = write(project / "plumb.toml", line)
    with pytest.raises(SettingsError, match="a project's file may not set this") as caught:
        settings.load({"model": "none"}, start=project)
    assert str(path) in str(caught.value)
    assert str(home / "config.toml") in caught.value.hint


def test_a_trusted_project_may_set_all_but_trust(home: Path, project: Path) -> None:
    write(home / "config.toml", f"trusted = ['{project}']")
    write(project / "plumb.toml", 'model = "none"\n[databases]\nbank = "data/bank.duckdb"')
    loaded = settings.load(start=project)
    assert loaded.model == "none"
    assert loaded.database("bank") == str(project / "data/bank.duckdb")
    write(project / "plumb.toml", "trusted = ['/']")
    with pytest.raises(SettingsError, match="trusted: a project's file may not set this"):
        settings.load(start=project)


def test_trust_of_one_project_is_not_trust_of_its_neighbour(home: Path, project: Path) -> None:
    write(home / "config.toml", f"trusted = ['{project}-other', '{project.parent}']")
    write(project / "plumb.toml", 'model = "none"')
    with pytest.raises(SettingsError, match="may not set"):
        settings.load(start=project)


def test_unknown_keys_name_the_place_and_the_nearest_key(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(home / "config.toml", "max-tokens = 5")
    with pytest.raises(SettingsError, match="max-tokens: there is no such setting") as caught:
        settings.load(start=project)
    assert (caught.value.hint, str(path) in str(caught.value)) == ("did you mean max_tokens?", True)
    path.unlink()
    with pytest.raises(SettingsError, match="--modle: there is no such setting"):
        settings.load({"modle": "x"}, start=project)
    monkeypatch.setenv("PLUMB_MODLE", "x")
    with pytest.raises(SettingsError, match="PLUMB_MODLE is unknown") as caught:
        settings.load(start=project)
    assert caught.value.hint == "did you mean PLUMB_MODEL?"


def test_variables_of_other_programs_are_left_alone(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMB_BOB_LENGTH", "3")
    monkeypatch.setenv("PLUMB_MODEL", "")
    assert settings.load(start=project).model == "bundled"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("max_tokens = '5'", "'5' is not a whole number from 1 to 131072"),
        ("max_tokens = true", "True is not a whole number"),
        ("max_tokens = 0", "0 is not a whole number from 1"),
        ("temperature = nan", "nan is not a number from 0 to 2"),
        ("color = 'pink'", "'pink' is not one of auto, always, never"),
        ("model = ''", "'' is not a text that is not empty"),
        ("trusted = 'x'", "'x' is not a list of folders"),
        ("databases = 3", "not a table of names to addresses"),
        ("databases = {a = 3}", "not a table of names to addresses"),
        ("model = x", r"is not TOML: .*line 1"),
    ],
)
def test_wrong_values_are_told_with_their_file(
    line: str, message: str, home: Path, project: Path
) -> None:
    path = write(home / "config.toml", line)
    with pytest.raises(SettingsError, match=message) as caught:
        settings.load(start=project)
    assert str(path) in str(caught.value)


def test_file_that_is_not_utf8(home: Path, project: Path) -> None:
    (home / "config.toml").write_bytes(b"model = '\xff'")
    with pytest.raises(SettingsError, match="is not TOML"):
        settings.load(start=project)


@pytest.mark.parametrize("value", ["many", "1.5", "inf"])
def test_wrong_flags_are_told(value: str, home: Path, project: Path) -> None:
    with pytest.raises(SettingsError, match=f"--max-tokens: '{value}' is not a whole number"):
        settings.load({"max_tokens": value}, start=project)
    assert settings.load({"max_tokens": 9}, start=project).max_tokens == 9


def test_databases_are_merged_by_name(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "config.toml", "[databases]\na = 'a.db'\nb = 'sqlite:///b.db'")
    monkeypatch.setenv("PLUMB_DATABASES", '{"b": "/other/b.db"}')
    loaded = settings.load(start=project)
    assert dict(loaded.databases) == {"a": str(home / "a.db"), "b": "/other/b.db"}
    assert loaded.origin("databases.b").place == "PLUMB_DATABASES"
    assert loaded.database("c") is None


def test_secrets_come_from_the_environment_and_are_never_shown(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(home / "config.toml", "[databases]\nb = 'postgresql://me:${BANK_PW}@host/b'")
    loaded = settings.load(start=project)
    monkeypatch.delenv("BANK_PW", raising=False)
    with pytest.raises(SettingsError, match=r"needs \$\{BANK_PW\}, which is not set"):
        loaded.database("b")
    monkeypatch.setenv("BANK_PW", "hunter2")
    assert loaded.database("b") == "postgresql://me:hunter2@host/b"
    assert "hunter2" not in f"{loaded!r}{loaded.table()}"
    assert ("databases.b", "postgresql://me:${BANK_PW}@host/b") in [r[:2] for r in loaded.table()]
    write(path, "[databases]\nb = 'postgresql://me:hunter2@host/b'")
    with pytest.raises(SettingsError, match="a password does not belong in a file") as caught:
        settings.load(start=project)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:p@ss:w/rd@host:5432/b", "postgresql://me:***@host:5432/b"),
        ("http://host/v1?api_key=abc&x=1#model", "http://host/v1?api_key=***&x=1#model"),
        ("https://host:8000/v1#org/model", "https://host:8000/v1#org/model"),
        ("/data/bank.duckdb", "/data/bank.duckdb"),
    ],
)
def test_secrets_in_addresses_are_hidden(address: str, shown: str) -> None:
    assert settings.hide_secrets(address) == shown


def test_table_shows_every_setting_once(home: Path, project: Path) -> None:
    names = [name for name, _, _ in settings.load(start=project).table()]
    assert len(names) == len(set(names))
    assert {"model", "max_tokens", "seconds", "trusted", "cache_dir"} <= set(names)

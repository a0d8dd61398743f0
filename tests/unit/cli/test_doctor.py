import json

import pytest

from assistants.errors import ModelCorrupt
from cli import doctor
from cli.app import run


def finding(state: str, name: str = "thing") -> doctor.Finding:
    return doctor.Finding(name=name, state=doctor.State(state), detail="d", fix="f")


def report_of(monkeypatch: pytest.MonkeyPatch, *findings: doctor.Finding):
    checks = tuple((item.name, lambda item=item: item) for item in findings)
    monkeypatch.setattr(doctor, "checks", lambda *_a: checks)


@pytest.mark.parametrize(
    ("states", "code"), [(["ok"], 0), (["ok", "warn"], 0), (["warn", "fail", "ok"], 1)]
)
def test_only_a_failure_is_code_1(states, code, monkeypatch, capsys):
    report_of(monkeypatch, *map(finding, states))
    assert run(["doctor"]) == code


def test_every_line_that_is_not_ok_shows_its_fix(monkeypatch, capsys):
    report_of(monkeypatch, finding("fail", "model"))
    run(["doctor"])
    assert (
        capsys.readouterr().out
        == "fail model        d\n                  fix: f\n\n1 to fix, 0 to know about.\n"
    )


def test_json_holds_the_same(monkeypatch, capsys):
    report_of(monkeypatch, finding("warn", "disk"))
    run(["doctor", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "schema": 1,
        "ok": True,
        "checks": [{"name": "disk", "state": "warn", "detail": "d", "fix": "f"}],
    }


def test_what_a_check_raises_is_a_failure_with_a_fix():
    def corrupt() -> doctor.Finding:
        raise ModelCorrupt("weights are torn", hint="reinstall")

    def broken() -> doctor.Finding:
        raise OSError("libgomp is missing")

    assert doctor.examine("model", corrupt) == doctor.Finding(
        name="model", state=doctor.State.FAIL, detail="weights are torn", fix="reinstall"
    )
    found = doctor.examine("model", broken)
    assert found.state is doctor.State.FAIL
    assert "libgomp is missing" in found.detail
    assert found.fix


def test_a_cache_folder_that_cannot_be_made_fails(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path / "file" / "cache"))
    real = doctor.checks
    monkeypatch.setattr(
        doctor, "checks", lambda *args: [c for c in real(*args) if c[0] in {"cache", "disk"}]
    )
    assert run(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "fail cache" in out
    assert "PLUMB_CACHE_DIR" in out
    assert "ok   disk" in out


def test_real_checks_of_this_machine_find_their_facts(capsys):
    for check in (doctor._python, doctor._machine, doctor._grammars, doctor._torch):
        assert check().state is not doctor.State.FAIL

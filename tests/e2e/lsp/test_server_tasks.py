"""Edits that rules offer, and the commands for tests and explanations, over the wire."""

import pytest

from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection

CODE = 'def grown(age, limit=18):\n    if age < 0:\n        raise ValueError("negative")\n    return age >= limit\n'
CLIENT = {
    "textDocument": {"codeAction": {}, "diagnostic": {}},
    "workspace": {"workspaceEdit": {"documentChanges": True}, "applyEdit": True},
}


@pytest.fixture
def client(connect, tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "people.py").write_text(CODE)
    client = connect()
    client.offered = client.start(CLIENT)
    client.uri = (tmp_path / "people.py").as_uri()
    client.open(client.uri, CODE)
    client.root = tmp_path
    return client


def actions(client, line):
    here = {"line": line, "character": 0}
    return client.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": client.uri},
            "range": {"start": here, "end": here},
            "context": {"diagnostics": [], "only": ["refactor"]},
        },
    )


def test_edits_by_rules_are_offered_with_their_changes(client):
    kinds = client.offered["codeActionProvider"]["codeActionKinds"]
    assert kinds == ["quickfix", "refactor.rewrite"]
    found = {one["title"]: one for one in actions(client, 1)}
    assert set(found) == {"Add a docstring", "Add type hints", "Write tests of grown"}
    (edit,) = found["Add type hints"]["edit"]["changes"][client.uri]
    assert edit["newText"].startswith("def grown(age, limit: int=18):")
    assert found["Write tests of grown"]["command"]["arguments"] == [client.uri, 1]


def test_commands_are_advertised_and_explain_tells_facts(client):
    commands = client.offered["executeCommandProvider"]["commands"]
    assert {"plumb.writeTests", "plumb.edit", "plumb.explain"} <= set(commands)
    row = client.ask(
        "workspace/executeCommand", {"command": "plumb.explain", "arguments": [client.uri, 0, 3]}
    )
    assert "Line 2: decides by `age < 0`." in row["answer"]
    assert row["schema"] == 1


def test_an_edit_is_applied_by_the_client_or_the_reason_is_told(client):
    ask = "workspace/executeCommand"
    client.ask(ask, {"command": "plumb.edit", "arguments": [client.uri, 0, 0, "add a docstring"]})
    (params,) = client.wait_for("workspace/applyEdit")
    assert '"""Return whether it is grown.' in params["edit"]["changes"][client.uri][0]["newText"]
    client.ask(ask, {"command": "plumb.edit", "arguments": [client.uri, 0, 0, "sing a song"]})
    told = client.wait_for("window/showMessage")[-1]["message"]
    assert "rules can only" in told


def test_tests_are_written_into_a_new_file_by_the_client(client):
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    row = client.answer(
        client.request(
            "workspace/executeCommand",
            {"command": "plumb.writeTests", "arguments": [client.uri, 1]},
        )
    )["result"]
    assert row["status"] == "answered", row
    (params,) = client.wait_for("workspace/applyEdit")
    create, change = params["edit"]["documentChanges"]
    assert create["uri"] == (client.root / "test_people.py").as_uri()
    assert "from people import grown" in change["edits"][0]["newText"]
    assert not (client.root / "test_people.py").exists()

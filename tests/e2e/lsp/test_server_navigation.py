"""Hover, signature help, symbols, definition, references and rename over the wire."""

import pytest

TEXT = {
    name: {}
    for name in ("definition", "references", "hover", "signatureHelp", "rename", "diagnostic")
}
CLIENT = {
    "textDocument": {
        **TEXT,
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "workspace": {"symbol": {}, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True},
}
JAVA = "class Sum {\n  /** Adds. */\n  int add(int a, int b) {\n    return a + b;\n  }\n}\n"
USER = "class User {\n  void f(Sum sum) {\n    String s = '😀'; sum.add(1, 2);\n  }\n}\n"
PYTHON = "class Cart:\n    def total(self):\n        s = '😀'; return self.total()\n"


@pytest.fixture
def client(connect, tmp_path):
    (tmp_path / "Sum.java").write_text(JAVA)
    (tmp_path / "User.java").write_text(USER)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "cart.py").write_text(PYTHON)
    client = connect()
    folder = {"uri": tmp_path.as_uri(), "name": "project"}
    params = {
        "processId": None,
        "rootUri": None,
        "workspaceFolders": [folder],
        "capabilities": CLIENT,
    }
    client.offered = client.ask("initialize", params)["capabilities"]
    client.notify("initialized", {})
    client.wait_for("$/progress", 2)
    client.root = tmp_path
    client.open((tmp_path / "User.java").as_uri(), USER, "java")
    client.open((tmp_path / "cart.py").as_uri(), PYTHON)
    return client


def ask(client, method, name, line, character, **more):
    params = {
        "textDocument": {"uri": (client.root / name).as_uri()},
        "position": {"line": line, "character": character},
        **more,
    }
    return client.answer(client.request(f"textDocument/{method}", params))


def span(line, start, end):
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def test_everything_is_offered_to_a_client_that_asks_for_it(client):
    for name in (
        "definition",
        "references",
        "hover",
        "signatureHelp",
        "documentSymbol",
        "workspaceSymbol",
        "rename",
    ):
        assert client.offered[f"{name}Provider"], name
    assert client.offered["signatureHelpProvider"]["triggerCharacters"] == ["(", ","]
    assert client.stop() == 0


def test_definition_in_another_file_and_columns_behind_an_astral_character(client):
    found = ask(client, "definition", "User.java", 2, 27)["result"]
    assert found == [{"uri": (client.root / "Sum.java").as_uri(), "range": span(2, 6, 9)}]
    found = ask(client, "definition", "cart.py", 2, 33)["result"]
    assert found == [{"uri": (client.root / "cart.py").as_uri(), "range": span(1, 8, 13)}]


def test_references_with_and_without_the_declaration(client):
    context = {"context": {"includeDeclaration": True}}
    found = ask(client, "references", "cart.py", 1, 10, **context)["result"]
    assert [one["range"] for one in found] == [span(1, 8, 13), span(2, 30, 35)]
    context = {"context": {"includeDeclaration": False}}
    found = ask(client, "references", "cart.py", 1, 10, **context)["result"]
    assert [one["range"] for one in found] == [span(2, 30, 35)]


def test_hover_shows_the_declaration_and_its_comment(client):
    found = ask(client, "hover", "User.java", 2, 27)["result"]
    assert found["contents"]["value"] == "```java\nint add(int a, int b)\n```\n\nAdds."
    assert found["range"] == span(2, 25, 28)
    assert ask(client, "hover", "User.java", 2, 4)["result"] is None


def test_signature_help_knows_the_current_parameter(client):
    found = ask(client, "signatureHelp", "User.java", 2, 33)["result"]
    assert found["signatures"][0]["label"] == "int add(int a, int b)"
    assert found["activeParameter"] == 1


def test_document_symbols_are_a_tree(client):
    uri = (client.root / "cart.py").as_uri()
    (top,) = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert (top["name"], top["kind"]) == ("Cart", 5)
    (method,) = top["children"]
    assert (method["name"], method["selectionRange"]) == ("total", span(1, 8, 13))


def test_workspace_symbols_come_from_files_that_are_not_open(client):
    (found,) = client.ask("workspace/symbol", {"query": "add"})
    assert found["name"] == "add"
    assert found["containerName"] == "Sum"
    assert found["location"]["uri"] == (client.root / "Sum.java").as_uri()


def test_rename_edits_a_version_of_an_open_document(client):
    made = ask(client, "rename", "cart.py", 1, 10, newName="price")["result"]
    (change,) = made["documentChanges"]
    assert change["textDocument"] == {"uri": (client.root / "cart.py").as_uri(), "version": 1}
    assert [(e["range"], e["newText"]) for e in change["edits"]] == [
        (span(1, 8, 13), "price"),
        (span(2, 30, 35), "price"),
    ]


def test_a_rename_that_cannot_be_verified_is_an_error_with_the_reason(client):
    answer = ask(client, "rename", "cart.py", 1, 10, newName="not a name")
    assert "is no Python name" in answer["error"]["message"]
    assert client.stop() == 0

"""What the editors are told agrees with what the server understands."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

from lsp import tasks
from lsp.options import Options

EDITORS = Path(__file__).resolve().parents[3] / "editors"


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def blocks(name: str, language: str) -> list[str]:
    text = (EDITORS / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_extension_offers_exactly_the_servers_options() -> None:
    package = json.loads((EDITORS / "vscode" / "package.json").read_text())
    settings = package["contributes"]["configuration"]["properties"]
    names = {name.removeprefix("plumb.") for name in settings} - {"command"}
    assert names == {camel(field.name) for field in fields(Options)}
    script = (EDITORS / "vscode" / "src" / "extension.ts").read_text()
    (sent,) = re.findall(r"const OPTIONS = \[(.*?)\];", script)
    assert set(re.findall(r'"(\w+)"', sent)) == names


def test_the_extension_calls_commands_that_the_server_has_and_registers_its_own() -> None:
    script = (EDITORS / "vscode" / "src" / "extension.ts").read_text()
    called = set(re.findall(r'ask\("[^"]+", "(plumb\.\w+)"', script))
    assert called == {tasks.WRITE_TESTS, tasks.EDIT, tasks.EXPLAIN}
    package = json.loads((EDITORS / "vscode" / "package.json").read_text())
    offered = {one["command"] for one in package["contributes"]["commands"]}
    assert offered == set(re.findall(r'registerCommand\("(plumb\.\w+)"', script))
    assert not offered & called  # one name cannot be the client's and the server's


def test_paste_able_settings_parse_and_start_the_server() -> None:
    (helix,) = blocks("helix.md", "toml")
    server = tomllib.loads(helix)["language-server"]["plumb"]
    assert [server["command"], *server["args"]] == ["plumb", "lsp"]
    (zed,) = blocks("zed.md", "json")
    binary = json.loads(zed)["lsp"]["plumb"]["binary"]
    assert [binary["path"], *binary["arguments"]] == ["plumb", "lsp"]
    template = json.loads((EDITORS / "jetbrains" / "template.json").read_text())
    assert template["programArgs"]["default"] == "plumb lsp"
    json.loads((EDITORS / "jetbrains" / "initializationOptions.json").read_text())

"""The files in deploy/ say what the server does; no Docker engine is needed to see that."""

import inspect
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from assistants.settings import Settings
from cli.serve import serve

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PORT = inspect.signature(serve).parameters["port"].default
PROBES = {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}


def manifests(name: str) -> dict[str, dict]:
    return {one["kind"]: one for one in yaml.safe_load_all((DEPLOY / name).read_text())}


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", DEPLOY / "Dockerfile"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml"],
    ],
)
def test_linters_find_nothing(command):
    program = Path(sys.executable).with_name(command[0])
    if not program.exists():
        pytest.skip(f"{command[0]} is not installed")
    found = subprocess.run([program, *command[1:]], check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_image_is_built_from_what_the_wheel_is_built_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    wanted = {*wheel, *project["project"]["license-files"], project["project"]["readme"]}
    wanted |= {"pyproject.toml", "constraints.txt"}
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert kept[0] == "*"
    assert {line[1:] for line in kept[1:]} == wanted


def test_ports_probes_keys_and_users_agree_with_the_server():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert f"EXPOSE {PORT}\n" in dockerfile
    assert f"127.0.0.1:{PORT}/health" in dockerfile
    kinds = manifests("kubernetes.yaml")
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert [port["containerPort"] for port in container["ports"]] == [PORT]
    for probe, path in PROBES.items():
        assert container[probe]["httpGet"] == {"path": path, "port": "http"}
    assert f"USER {pod['securityContext']['runAsUser']}\n" in dockerfile
    (keys,) = [mount for mount in container["volumeMounts"] if mount["name"] == "keys"]
    assert f'"--keys", "{keys["mountPath"]}/plumb-keys"' in dockerfile
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert compose["services"]["plumb"]["ports"] == [f"{PORT}:{PORT}"]
    assert compose["services"]["plumb"]["secrets"] == ["plumb-keys"]


def test_services_select_their_pods():
    for name in ("kubernetes.yaml", "kubernetes-vllm.yaml"):
        kinds = manifests(name)
        labels = kinds["Deployment"]["spec"]["template"]["metadata"]["labels"]
        assert kinds["Service"]["spec"]["selector"] == labels
        assert kinds["Deployment"]["spec"]["selector"]["matchLabels"] == labels


def test_every_variable_is_a_setting():
    names = {f"PLUMB_{field.name.upper()}" for field in fields(Settings)}
    pod = manifests("kubernetes.yaml")["Deployment"]["spec"]["template"]["spec"]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    used = {one["name"] for one in pod["containers"][0]["env"]}
    used |= set(compose["services"]["plumb"]["environment"])
    assert used == {"PLUMB_MODEL"}
    assert used <= names

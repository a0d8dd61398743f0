"""`plumb serve` as a process, used by the official openai client."""

import signal
import subprocess
import sys
import time

import httpx
import openai
import pytest

KEY = "test-key-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    (folder / "keys.txt").write_text(f"# the test's key\n{KEY}\n")
    code = "import plumb_launcher; plumb_launcher.main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--keys", "keys.txt"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    assert line.startswith("serving on http://127.0.0.1:"), line
    address = line.split()[2]
    for _ in range(600):
        try:
            if httpx.get(address.removesuffix("/v1") + "/ready").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.1)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(base_url=server, api_key=KEY, max_retries=0, timeout=120) as client:
        yield client


def test_models(client):
    assert [model.id for model in client.models.list()] == ["bundled"]


def test_a_completion_that_stays_a_program(client):
    prompt, suffix = "def double(x):\n    return ", "\n"
    done = client.completions.create(
        model="bundled", prompt=prompt, suffix=suffix, max_tokens=12, temperature=1, seed=3,
        extra_body={"program": {"language": "python"}},
    )  # fmt: skip
    [choice] = done.choices
    if choice.finish_reason == "stop":
        compile(prompt + choice.text + suffix, "made", "exec")
    assert 0 < done.usage.completion_tokens <= 12


def test_a_stream_gives_the_same_text_as_the_whole(client):
    asked = {"model": "bundled", "prompt": "import os\nimport ", "max_tokens": 6, "logprobs": 1}
    whole = client.completions.create(**asked)
    parts = list(client.completions.create(**asked, stream=True))
    assert "".join(part.choices[0].text for part in parts) == whole.choices[0].text
    logprobs = whole.choices[0].logprobs
    assert "".join(logprobs.tokens) == whole.choices[0].text
    assert all(value <= 0 for value in logprobs.token_logprobs)


def test_a_choice_is_kept_to(client):
    done = client.completions.create(
        model="bundled", prompt="yes or no: ", max_tokens=8,
        extra_body={"guided_choice": ["yes", "no"]},
    )  # fmt: skip
    assert done.choices[0].text in {"yes", "no"}


def test_what_the_model_cannot_do_is_a_bad_request(client):
    with pytest.raises(openai.BadRequestError, match="does not hold conversations"):
        client.chat.completions.create(
            model="bundled", messages=[{"role": "user", "content": "hi"}]
        )


def test_a_wrong_key_is_told_apart(server):
    with (
        openai.OpenAI(base_url=server, api_key="wrong" * 5, max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.models.list()


def test_the_assistants_answer_rows(server):
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=server, headers=headers, timeout=120) as client:
        solved = client.post("/plumb/solve", json={"question": "solve 3x = 12"}).json()
        asked = client.post("/plumb/query", json={"database": "/etc/passwd", "sql": "SELECT 1"})
        path = client.post("/plumb/check", json={"path": "/etc/passwd", "language": "python"})
    assert (solved["verdict"], solved["answer"]) == ("proved", "x = 4")
    assert asked.status_code == 403
    assert path.status_code == 400


def test_an_open_address_needs_keys(plumb):
    done = plumb("serve", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 2
    assert "no API key is asked for" in done.stderr


@pytest.mark.parametrize("text", ["", "# only a remark\n", "short\n"])
def test_unusable_keys_are_refused(plumb, write, text):
    write("keys.txt", text)
    done = plumb("serve", "--keys", "keys.txt", "--port", "0")
    assert done.returncode == 2
    assert "no usable keys" in done.stderr


def test_a_taken_port_is_told(plumb, server):
    port = server.split(":")[2].split("/")[0]
    done = plumb("serve", "--port", port, "--model", "none")
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr

"""The server's threads share what the C library gave back."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, threading
from lsp.memory import share_arenas
print(share_arenas())
def work():
    held = [bytes(600 + i % 7) for i in range(30_000)]
    barrier.wait()
    del held
barrier = threading.Barrier(8)
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(sum(1 for line in open("/proc/self/maps") if " ---p " in line and "00000000 00:00 0" in line))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="arenas are glibc's")
def test_eight_threads_take_two_arenas():
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    ).stdout.split()
    if found[0] == "False":
        pytest.skip("the C library here is not glibc")
    plain = PROGRAM.replace("print(share_arenas())", "print(True)")
    before = subprocess.run(
        [sys.executable, "-c", plain], check=True, capture_output=True, text=True
    ).stdout.split()
    assert int(found[1]) < int(before[1])

"""The server's threads share what the C library gave back."""

import platform
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


GIVEN_BACK = """
import ctypes
from pathlib import Path
from lsp.memory import Freed

now = 0.0
freed = Freed(lambda: now)

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

blocks = [ctypes.create_string_buffer(b"x" * 60_000) for _ in range(2000)]  # below the mmap bound
last = blocks[-1]
del blocks
held = megabytes()
now = 59.0
print(freed.give_back())
now = 61.0
print(freed.give_back(), freed.give_back())
print(held - megabytes() > 80)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the heap is glibc's")
def test_what_lies_free_below_a_block_in_use_is_given_back_once_a_minute():
    done = subprocess.run(
        [sys.executable, "-c", GIVEN_BACK], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "False", "True"]

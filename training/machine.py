"""What this machine computes well: matrix-product rates, number type, allocator."""

import ctypes.util
import math
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

GPU_SIDE, CPU_SIDE = 8_192, 512
BFLOAT16_ADVANTAGE = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Device, the number type to compute in, its measured matrix-product rate in FLOP/s.

    `workers` passes run at once, each on `threads_a_worker` threads.
    """

    device: str
    dtype: torch.dtype
    matmul_rate: float
    allocator: str
    workers: int
    threads_a_worker: int = 1


def matmul_rate(device: str, dtype: torch.dtype, seconds: float = 0.5) -> float:
    """FLOP/s of a square matrix product on the GPU, or on one processor core.

    A core is timed by the processor time of this thread: others may share the machine.
    """
    side = GPU_SIDE if device == "cuda" else CPU_SIDE
    left = torch.randn(side, side, device=device).to(dtype)
    right = left.clone()
    clock = time.perf_counter if device == "cuda" else time.thread_time
    best, end = math.inf, clock() + seconds
    while best == math.inf or clock() < end:
        start = clock()
        torch.mm(left, right)
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, clock() - start)
    return 2.0 * side**3 / best


def inspect(device: str, dtype: str, workers: int | None = None) -> Machine:
    """Measure once; `dtype` is `auto`, `float32` or `bfloat16`.

    Processors without AMX or AVX512-BF16 multiply bfloat16 a hundred times slower than float32,
    so the type is chosen by the clock and not by the model's habit.
    """
    workers = workers or (1 if device == "cuda" else torch.get_num_threads())
    if device != "cuda":
        torch.set_num_threads(1)
    rates = {torch.float32: matmul_rate(device, torch.float32)}
    if dtype != "float32":
        rates[torch.bfloat16] = matmul_rate(device, torch.bfloat16)
    chosen = torch.float32
    faster = rates.get(torch.bfloat16, 0.0) > BFLOAT16_ADVANTAGE * rates[torch.float32]
    if dtype == "bfloat16" or (dtype == "auto" and faster):
        chosen = torch.bfloat16
    return Machine(
        device=device,
        dtype=chosen,
        matmul_rate=rates[chosen] * workers,
        allocator=active_allocator(),
        workers=workers,
    )


def active_allocator() -> str:
    """Which malloc serves this process."""
    maps = Path("/proc/self/maps")
    loaded = maps.read_text() if maps.exists() else ""
    return next((name for name in ("jemalloc", "tcmalloc", "mimalloc") if name in loaded), "system")


def preload_jemalloc() -> None:
    """Start this program again under jemalloc, where it is installed and not yet active.

    With glibc's allocator large tensors are returned to the kernel after each use and fault in
    again page by page.
    """
    library = ctypes.util.find_library("jemalloc")
    if library is None or active_allocator() != "system" or "LD_PRELOAD" in os.environ:
        return
    os.environ["LD_PRELOAD"] = library
    os.execv(sys.executable, sys.orig_argv)

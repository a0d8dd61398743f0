"""What a confined program may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one confined program and all that it starts.

    `address_space_mb` bounds each process (None for a Java machine, which reserves more than it
    uses); `memory_mb` is what all of them may have resident together.
    """

    cpu_seconds: int = 30
    address_space_mb: int | None = 1024
    memory_mb: int = 1024
    disk_mb: int = 64
    processes: int = 32
    open_files: int = 128
    output_bytes: int = 4_000_000

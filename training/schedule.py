"""Learning-rate schedule: short warm-up, plateau, linear cooldown to zero at the end.

The end is a number of steps or a moment on the clock: a run with a time budget cools down so
that it ends when the time does, also after it was interrupted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Where a run ends: after `steps`, or at `deadline` (seconds since the epoch)."""

    steps: int | None = None
    deadline: float | None = None

    def progress(self, *, step: int, spent: float, now: float) -> float:
        """Share of the run that is over; `spent` is its training time so far in seconds."""
        if self.steps is not None:
            return step / self.steps
        if self.deadline is not None:
            left = max(self.deadline - now, 0.0)
            return spent / (spent + left) if spent + left > 0 else 1.0
        return 0.0

    def is_spent(self, *, step: int, now: float) -> bool:
        """Whether the run is over."""
        if self.steps is not None:
            return step >= self.steps
        return self.deadline is not None and now >= self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Factor of the peak learning rate."""

    warmup_steps: int = 40
    cooldown: float = 0.4

    def factor(self, step: int, progress: float) -> float:
        """Share of the peak rate at a step, with `progress` in [0, 1] of the run over."""
        warm = min(1.0, (step + 1) / self.warmup_steps)
        cool = min(1.0, max(0.0, 1.0 - progress) / self.cooldown)
        return warm * cool


def deadline_of(until: str | None, minutes: float | None, now: datetime) -> float | None:
    """The moment meant by `--until HH:MM` (UTC, the next such time) or `--minutes`."""
    if minutes is not None:
        return (now + timedelta(minutes=minutes)).timestamp()
    if until is None:
        return None
    hour, minute = map(int, until.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment <= now:
        moment += timedelta(days=1)
    return moment.timestamp()

"""Card transactions as columns, and a seeded simulator of them with three kinds of fraud.

The simulator follows the description of the Fraud Detection Handbook (Le Borgne et al., 2022,
chapter 3), written anew: cards and terminals lie in a square of 100 by 100, a card is used at
terminals within a radius of 5, amounts are normal around a mean of the card's own, times of day
normal around noon. Frauds: (1) every amount above 220; (2) each day two terminals are compromised
for 28 days, and all that is paid there is fraud; (3) each day the data of three cards leak, and for
14 days a third of their payments is five times as high and fraud.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY = 86_400.0
UNKNOWN = -1

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transactions:
    """Columns of equal length in order of time.

    `time` is in seconds from midnight of the first day; `label` is 1 for fraud, 0 for none, -1
    where nobody knows; `merchant` 0 means none. `scenario` tells a simulated fraud's kind.
    """

    key: Integers
    time: Floats
    card: Integers
    merchant: Integers
    amount: Floats
    label: Integers
    scenario: Integers

    def __len__(self) -> int:
        return len(self.key)

    @property
    def day(self) -> Integers:
        """The day of each transaction, from 0."""
        return (self.time // DAY).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The size of what is simulated; terminals and leaks follow the Handbook at these defaults."""

    cards: int = 5000
    terminals: int = 10_000
    days: int = 120
    radius: float = 5.0
    compromised_a_day: int = 2
    leaked_a_day: int = 3


def simulate(world: World, *, seed: int) -> Transactions:
    """Return the transactions of a world; the same for the same seed."""
    random = np.random.default_rng(seed)
    spots = random.uniform(0, 100, (world.terminals, 2))
    homes = random.uniform(0, 100, (world.cards, 2))
    mean = random.uniform(5, 100, world.cards)
    rate = random.uniform(0, 4, world.cards)
    parts: list[tuple[Floats, Integers, Integers, Floats]] = []
    for card in range(world.cards):
        near = np.flatnonzero(((spots - homes[card]) ** 2).sum(axis=1) < world.radius**2)
        count = random.poisson(rate[card], world.days)
        total = int(count.sum())
        if not total or not len(near):
            continue
        clock = random.normal(DAY / 2, 20_000, total)
        days = np.repeat(np.arange(world.days), count)
        amount = random.normal(mean[card], mean[card] / 2, total)
        amount = np.where(amount < 0, random.uniform(0, 2 * mean[card], total), amount)
        kept = (clock > 0) & (clock < DAY)
        parts.append(
            (
                (days * DAY + clock)[kept],
                np.full(int(kept.sum()), card + 1),
                random.choice(near, total)[kept] + 1,
                np.round(amount[kept], 2).astype(np.float64),
            )
        )
    time, card_of, merchant, amount = (
        np.concatenate(columns) for columns in zip(*parts, strict=True)
    )
    order = np.argsort(time, kind="stable")
    made = Transactions(
        key=np.arange(1, len(order) + 1),
        time=time[order],
        card=card_of[order].astype(np.int64),
        merchant=merchant[order].astype(np.int64),
        amount=amount[order],
        label=np.zeros(len(order), np.int64),
        scenario=np.zeros(len(order), np.int64),
    )
    return _with_fraud(made, world, random)


def _with_fraud(clean: Transactions, world: World, random: np.random.Generator) -> Transactions:
    amount, label = clean.amount.copy(), clean.label.copy()
    scenario, day = clean.scenario.copy(), clean.day
    high = amount > 220
    label[high], scenario[high] = 1, 1
    for start in range(world.days):
        places = random.choice(world.terminals, world.compromised_a_day, replace=False) + 1
        hit = np.isin(clean.merchant, places) & (day >= start) & (day < start + 28)
        label[hit], scenario[hit] = 1, 2
    for start in range(world.days):
        leaked = random.choice(world.cards, world.leaked_a_day, replace=False) + 1
        own = np.isin(clean.card, leaked) & (day >= start) & (day < start + 14)
        at = np.flatnonzero(own)
        hit = random.choice(at, len(at) // 3, replace=False)
        amount[hit] *= 5
        label[hit], scenario[hit] = 1, 3
    return Transactions(
        key=clean.key,
        time=clean.time,
        card=clean.card,
        merchant=clean.merchant,
        amount=amount,
        label=label,
        scenario=scenario,
    )

"""Features of a transaction from what happened before it, kept up to date one at a time.

For each card the counts and sums of amounts of the last 1, 7 and 30 days, its usual amount (the
median of the last payments, which a few stolen ones do not move) and how many payments lately were
far above it; for each merchant the counts, in buckets of a day. Labels arrive late: what is known
about a merchant or a card is what was labelled `delay` days ago or earlier. A fraud of a usual
amount speaks against the merchant, one of an unusual amount rather against the card, so the two are
kept apart, with the run of such frauds that a merchant's latest known labels end in. Nothing of a
transaction's own label is ever in its features.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from .transactions import DAY, UNKNOWN, Floats, Transactions

WINDOWS = (1, 7, 30)
RISK_WINDOWS = (7, 14, 28)
NAMES = (
    "amount",
    "weekend",
    "night",
    "card_count_1",
    "card_count_7",
    "card_count_30",
    "card_mean_1",
    "card_mean_7",
    "card_mean_30",
    "amount_ratio",
    "amount_score",
    "hours_since_last",
    "merchant_count_1",
    "merchant_count_7",
    "merchant_count_30",
    "merchant_risk_7",
    "merchant_risk_14",
    "merchant_risk_28",
    "merchant_known_frauds",
    "merchant_days_since_fraud",
    "merchant_fraud_age",
    "card_known_frauds",
    "card_days_since_fraud",
    "usual_ratio",
    "card_high_14",
    "card_high_share",
    "card_top_14",
    "card_excess_14",
    "card_excess_mean_14",
    "merchant_fraud_run",
    "merchant_fraud_run_age",
    "merchant_fraud_run_last",
    "merchant_fraud_usual_7",
    "merchant_fraud_usual_28",
    "card_fraud_high_14",
)
FROM_FEEDBACK = tuple(i for i, name in enumerate(NAMES) if "risk" in name or "fraud" in name)
"""The features that come from delayed labels."""
WORDS = {
    "amount": "an amount of {0:,.2f}",
    "weekend": "the day of the week",
    "night": "the time of day",
    "card_count_1": "{0:.0f} payments of the card today",
    "card_count_7": "{0:.0f} payments of the card in 7 days",
    "card_count_30": "{0:.0f} payments of the card in 30 days",
    "card_mean_1": "a mean of {0:,.2f} today",
    "card_mean_7": "a mean of {0:,.2f} in 7 days",
    "card_mean_30": "the card's mean of {0:,.2f}",
    "amount_ratio": "{0:.1f} times the card's usual amount",
    "amount_score": "{0:.1f} deviations from the card's usual amount",
    "hours_since_last": "{0:.1f} hours since the card's last payment",
    "merchant_count_1": "{0:.0f} payments at the merchant today",
    "merchant_count_7": "{0:.0f} payments at the merchant in 7 days",
    "merchant_count_30": "{0:.0f} payments at the merchant in 30 days",
    "merchant_risk_7": "a share of known fraud at the merchant of {0:.0%} (7 days)",
    "merchant_risk_14": "a share of known fraud at the merchant of {0:.0%} (14 days)",
    "merchant_risk_28": "a share of known fraud at the merchant of {0:.0%} (28 days)",
    "merchant_known_frauds": "{0:.0f} known frauds at the merchant in 28 days",
    "merchant_days_since_fraud": "{0:.0f} days since a known fraud at the merchant",
    "merchant_fraud_age": "{0:.0f} days since frauds began at the merchant",
    "card_known_frauds": "{0:.0f} known frauds of the card in 28 days",
    "card_days_since_fraud": "{0:.0f} days since a known fraud of the card",
    "usual_ratio": "{0:.1f} times the card's median amount",
    "card_high_14": "{0:.0f} unusually high payments of the card in 14 days",
    "card_high_share": "a share of unusually high payments of the card of {0:.0%}",
    "card_top_14": "a payment of {0:.1f} times the card's median amount in the last 14 days",
    "card_excess_14": "payments above the usual by {0:.1f} times the median amount in 14 days",
    "card_excess_mean_14": "payments above the usual by {0:.1f} medians on average in 14 days",
    "merchant_fraud_run": "known payments at the merchant end in {0:.0f} frauds of usual size",
    "merchant_fraud_run_age": "{0:.0f} days since these frauds began at the merchant",
    "merchant_fraud_run_last": "{0:.0f} days since the last of them",
    "merchant_fraud_usual_7": (
        "a share of known fraud of usual size at the merchant of {0:.0%} (7 days)"
    ),
    "merchant_fraud_usual_28": (
        "a share of known fraud of usual size at the merchant of {0:.0%} (28 days)"
    ),
    "card_fraud_high_14": "{0:.0f} known frauds of unusual size of the card in 14 days",
}
CLOCK, PACE, HISTORY, LABELS = "clock", "pace", "history", "labels"
_BASES = {"amount": "amount", "weekend": CLOCK, "night": CLOCK, "hours_since_last": PACE}
BASES = {
    name: _BASES.get(name, LABELS if at in FROM_FEEDBACK else HISTORY)
    for at, name in enumerate(NAMES)
}
"""What each feature speaks of: `SPEAK_OF` says which columns and whose rows that is."""
_DAYS = ("transactions.amount", "day of transactions.occurred_at", "rows of transactions")
SPEAK_OF = {
    "amount": ("transactions.amount",),
    CLOCK: ("transactions.occurred_at",),
    PACE: ("transactions.occurred_at", "rows of transactions"),
    HISTORY: _DAYS,
    LABELS: (*_DAYS, "transactions.is_fraud"),
}
"""What somebody must be allowed to see before a reason of a basis is shown to them."""
_LONG = 99.0
_EPISODE = 40
_PAYMENTS = 25
"""Payments that the usual amount of a card is the median of."""
_HIGH = 2.5
"""Times the usual amount from which a payment is unusually high."""
_RECENT = 14
_USUAL = 1.5
"""Times the usual amount up to which a payment is nothing to speak of."""
_TOP = 12.0
"""Times the usual amount above which more says no more."""


@dataclass(slots=True)
class _History:
    """What happened to one card or at one merchant, by day: count, sum, sum of squares."""

    days: deque[list[float]] = field(default_factory=deque[list[float]])
    last: float = -math.inf
    amounts: deque[float] = field(default_factory=lambda: deque[float](maxlen=_PAYMENTS))
    high: deque[float] = field(default_factory=deque[float])
    ratios: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    usual: float = 0.0

    def add(self, time: float, amount: float) -> None:
        day = time // DAY
        if self.usual and amount > _HIGH * self.usual:
            self.high.append(day)
        self.ratios.append((day, min(self.ratio(amount), _TOP)))
        self.amounts.append(amount)
        ordered = sorted(self.amounts)
        self.usual = ordered[len(ordered) // 2]
        if not self.days or self.days[-1][0] != day:
            self.days.append([day, 0.0, 0.0, 0.0])
            while self.days[0][0] < day - WINDOWS[-1]:
                self.days.popleft()
        bucket = self.days[-1]
        bucket[1] += 1
        bucket[2] += amount
        bucket[3] += amount * amount
        self.last = time

    def ratio(self, amount: float) -> float:
        """Return how many times the usual amount this is."""
        return amount / self.usual if self.usual else 1.0

    def excess(self, day: float) -> list[float]:
        """Return how far above usual the last days' payments were: the most, the sum, the mean."""
        while self.ratios and self.ratios[0][0] <= day - _RECENT:
            self.ratios.popleft()
        ratios = [ratio for _, ratio in self.ratios]
        total = sum(ratio - _USUAL for ratio in ratios if ratio > _USUAL)
        return [max(ratios, default=0.0), total, total / (len(ratios) + 1)]

    def high_since(self, day: float) -> int:
        """Return how many payments of the last days were far above the usual amount."""
        while self.high and self.high[0] <= day - _RECENT:
            self.high.popleft()
        return len(self.high)

    def sums(self, day: float) -> list[tuple[float, float, float]]:
        """Return count, sum and sum of squares for each window that ends today."""
        found: list[tuple[float, float, float]] = []
        count = total = squares = 0.0
        for when, more, amount, square in reversed(self.days):
            while len(found) < len(WINDOWS) and day - when >= WINDOWS[len(found)]:
                found.append((count, total, squares))
            if len(found) == len(WINDOWS):
                return found
            count, total, squares = count + more, total + amount, squares + square
        return found + [(count, total, squares)] * (len(WINDOWS) - len(found))


@dataclass(slots=True)
class _Known:
    """Labels that have arrived, by day: count and frauds; when the present episode began."""

    days: deque[list[float]] = field(default_factory=deque[list[float]])
    last_fraud: float = -math.inf
    first_fraud: float = -math.inf
    run: int = 0
    run_began: float = -math.inf
    run_last: float = -math.inf

    def add(self, day: float, fraud: int, *, high: bool) -> None:
        if not self.days or self.days[-1][0] != day:
            self.days.append([day, 0.0, 0.0, 0.0, 0.0])
            while self.days[0][0] < day - _EPISODE:
                self.days.popleft()
        self.days[-1][1] += 1
        self.days[-1][2] += fraud
        self.days[-1][4 if high else 3] += fraud
        if not fraud:
            self.run = 0
        elif not high:
            self.run_began = self.run_began if self.run else day
            self.run, self.run_last = self.run + 1, day
        if fraud:
            if day - self.first_fraud > _EPISODE or day - self.last_fraud > RISK_WINDOWS[0] * 2:
                self.first_fraud = day
            self.last_fraud = day

    def windows(self, day: float) -> list[tuple[float, float]]:
        """Return count and frauds of the labelled days of each window that ends at `day`."""
        found: list[tuple[float, float]] = []
        count = frauds = 0.0
        for when, more, bad, _, _ in reversed(self.days):
            while len(found) < len(RISK_WINDOWS) and day - when >= RISK_WINDOWS[len(found)]:
                found.append((count, frauds))
            if len(found) == len(RISK_WINDOWS):
                return found
            count, frauds = count + more, frauds + bad
        return found + [(count, frauds)] * (len(RISK_WINDOWS) - len(found))

    def kind(self, day: float, window: int, place: int) -> float:
        """Return the frauds of a kind (3 of usual size, 4 of unusual) of the last labelled days."""
        return sum(row[place] for row in self.days if day - row[0] < window)


class FeatureState:
    """The histories of all cards and merchants at one moment of a stream."""

    def __init__(self, delay: int = 7) -> None:
        self.delay = delay
        self._cards: dict[int, _History] = {}
        self._merchants: dict[int, _History] = {}
        self._known_merchants: dict[int, _Known] = {}
        self._known_cards: dict[int, _Known] = {}
        self._waiting: deque[tuple[float, int, int, int, bool]] = deque()

    def row(self, time: float, card: int, merchant: int, amount: float) -> list[float]:
        """Return the features of a transaction that is about to happen, in the order of `NAMES`."""
        day = time // DAY
        self._arrive(day)
        own = self._cards.get(card)
        sums = own.sums(day) if own is not None else [(0.0, 0.0, 0.0)] * len(WINDOWS)
        means = [total / count if count else amount for count, total, _ in sums]
        count, _, squares = sums[-1]
        variance = max(0.0, squares / count - means[-1] ** 2) if count > 1 else 0.0
        spread = math.sqrt(variance) or 0.5 * means[-1] or 1.0
        since = (time - own.last) / 3600 if own is not None else _LONG
        clock = time % DAY
        return [
            amount,
            float(day % 7 >= 5),
            float(clock < DAY / 4),
            *(count for count, _, _ in sums),
            *means,
            amount / means[-1] if means[-1] else 1.0,
            (amount - means[-1]) / spread,
            min(since, _LONG),
            *self._at(merchant, day),
            *self._risks(merchant, card, day),
            *self._unusual(own, amount, day, sums[1][0]),
            *self._runs(merchant, card, day),
        ]

    def _at(self, merchant: int, day: float) -> list[float]:
        place = self._merchants.get(merchant) if merchant else None
        return [s[0] for s in place.sums(day)] if place is not None else [0.0] * len(WINDOWS)

    def _risks(self, merchant: int, card: int, day: float) -> list[float]:
        until = day - self.delay
        known = self._known_merchants.get(merchant) if merchant else None
        windows = known.windows(until) if known is not None else [(0.0, 0.0)] * len(RISK_WINDOWS)
        risks = [frauds / (count + 1.0) for count, frauds in windows]
        own = self._known_cards.get(card)
        card_frauds = own.windows(until)[-1][1] if own is not None else 0.0
        return [
            *risks,
            windows[-1][1],
            min(_LONG, day - known.last_fraud) if known is not None else _LONG,
            min(_LONG, day - known.first_fraud) if known is not None else _LONG,
            card_frauds,
            min(_LONG, day - own.last_fraud) if own is not None else _LONG,
        ]

    def _unusual(
        self, own: _History | None, amount: float, day: float, weekly: float
    ) -> list[float]:
        if own is None:
            return [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        high = own.high_since(day)
        share = high / (2 * weekly + 1.0)
        return [own.ratio(amount), float(high), share, *own.excess(day)]

    def _runs(self, merchant: int, card: int, day: float) -> list[float]:
        until = day - self.delay
        known = self._known_merchants.get(merchant) if merchant else None
        own = self._known_cards.get(card)
        high = own.kind(until, _RECENT, 4) if own is not None else 0.0
        if known is None:
            return [0.0, _LONG, _LONG, 0.0, 0.0, high]
        counts = known.windows(until)
        return [
            float(known.run),
            min(_LONG, day - known.run_began),
            min(_LONG, day - known.run_last),
            known.kind(until, RISK_WINDOWS[0], 3) / (counts[0][0] + 0.5),
            known.kind(until, RISK_WINDOWS[-1], 3) / (counts[-1][0] + 0.5),
            high,
        ]

    def happened(
        self, time: float, card: int, merchant: int, amount: float, label: int = UNKNOWN
    ) -> None:
        """Take a transaction into the histories; its label counts once the delay is over."""
        own = self._cards.setdefault(card, _History())
        high = bool(own.usual) and amount > _HIGH * own.usual
        own.add(time, amount)
        if merchant:
            self._merchants.setdefault(merchant, _History()).add(time, amount)
        if label != UNKNOWN:
            self._waiting.append((time // DAY, card, merchant, label, high))

    def _arrive(self, day: float) -> None:
        while self._waiting and self._waiting[0][0] <= day - self.delay:
            when, card, merchant, label, high = self._waiting.popleft()
            self._known_cards.setdefault(card, _Known()).add(when, label, high=high)
            if merchant:
                self._known_merchants.setdefault(merchant, _Known()).add(when, label, high=high)


def replay(state: FeatureState, stream: Transactions, *, start_day: int = 0) -> Floats:
    """Return the features of a stream's transactions from a day on, in order.

    The state is brought to the stream's end; earlier transactions only fill it.
    """
    rows: list[list[float]] = []
    columns = zip(
        stream.time.tolist(),
        stream.card.tolist(),
        stream.merchant.tolist(),
        stream.amount.tolist(),
        stream.label.tolist(),
        strict=True,
    )
    begin = start_day * DAY
    for time, card, merchant, amount, label in columns:
        if time >= begin:
            rows.append(state.row(time, card, merchant, amount))
        state.happened(time, card, merchant, amount, label)
    return np.array(rows, np.float64).reshape(-1, len(NAMES))

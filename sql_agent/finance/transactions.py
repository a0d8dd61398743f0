"""Transactions of the synthetic bank, and their fraud labels, of which the latest are missing."""

import numpy as np

from sql_agent.synthetic import (
    TODAY,
    Array,
    Table,
    choose,
    day_seconds,
    growing_days,
    hide,
    label,
    moments,
    money,
    zipf_weights,
)

CATEGORIES = (
    ("groceries", 0.22, 48.0, 0.5, 0.1),
    ("restaurants", 0.18, 32.0, 0.6, 0.05),
    ("fuel", 0.11, 44.0, 1.2, 0.0),
    ("utilities", 0.07, 95.0, 0.2, 0.3),
    ("healthcare", 0.06, 85.0, 0.4, 0.1),
    ("clothing", 0.09, 64.0, 1.0, 0.4),
    ("electronics", 0.06, 160.0, 3.2, 0.5),
    ("travel", 0.05, 310.0, 2.4, 0.6),
    ("entertainment", 0.08, 38.0, 0.9, 0.4),
    ("home_improvement", 0.05, 120.0, 0.8, 0.2),
    ("gambling", 0.02, 75.0, 2.8, 0.7),
    ("jewelry", 0.01, 420.0, 4.5, 0.3),
)
"""Merchant category, share of purchases, median dollars, relative fraud risk, share online."""
CHANNELS = ("in_store", "online", "atm", "branch", "mobile")
TYPES = ("purchase", "withdrawal", "deposit", "transfer", "fee")
TYPE_SHARES = (0.72, 0.09, 0.09, 0.08, 0.02)
TYPE_CHANNELS = (
    (0.0, 0.0, 0.0, 0.0, 1.0),
    (0.0, 0.0, 0.86, 0.14, 0.0),
    (0.0, 0.0, 0.16, 0.24, 0.6),
    (0.0, 0.34, 0.0, 0.06, 0.6),
    (0.0, 1.0, 0.0, 0.0, 0.0),
)
"""Channel weights by transaction type; purchases follow their merchant instead."""
TYPE_AMOUNTS = ((4.0, 1.0), (4.4, 0.6), (6.6, 0.9), (5.7, 1.1), (2.4, 0.6))
"""Mean and spread of the logarithm of the amount by type; purchases follow their merchant."""
MONTHS = (0.92, 0.88, 0.97, 0.97, 1.0, 1.02, 1.04, 1.02, 0.97, 1.0, 1.1, 1.28)
WEEKDAYS = (0.92, 0.93, 0.95, 1.0, 1.18, 1.2, 0.85)
HOURS = (2, 1, 1, 1, 1, 2, 5, 12, 20, 26, 32, 40, 46, 40, 36, 36, 40, 48, 50, 42, 30, 20, 11, 5)
FIRST_DAY = np.datetime64("2022-01-01", "D")
LABEL_DELAY_DAYS = 45
"""Chargebacks arrive within this time: younger transactions mostly have no fraud label yet."""
FRAUD_RATE = 0.006


def transaction_table(
    rng: np.random.Generator, count: int, accounts: Table, cards: Table, merchants: Table
) -> Table:
    """Draw about `count` transactions, each while its account was open."""
    days, account = _active(rng, count, accounts)
    count = len(days)
    kind = choose(rng, count, 5, TYPE_SHARES)
    bought = kind == 0
    merchant = _merchant(rng, count, merchants)
    place = merchants.columns["is_online"][merchant]
    wallet = rng.random(count) < 0.12
    channel = np.where(place, 1, np.where(wallet, 4, 0))
    for number in range(1, 5):
        drawn = choose(rng, count, 5, TYPE_CHANNELS[number])
        channel = np.where(kind == number, drawn, channel)
    seconds = day_seconds(rng, count, HOURS)
    amount = _amounts(rng, kind, merchants.columns["category"][merchant])
    fraud = _fraud(rng, bought, channel, merchants.columns["category"][merchant], seconds)
    amount = np.where(fraud, amount * rng.uniform(1.5, 6.0, count), amount)
    seconds = np.where(fraud & (rng.random(count) < 0.4), rng.integers(0, 21_600, count), seconds)
    status = np.where(fraud, 0, choose(rng, count, 3, (0.955, 0.038, 0.007)))
    young = (TODAY - days).astype(np.int64) < LABEL_DELAY_DAYS
    unlabelled = (young & (rng.random(count) < 0.85)) | ~bought
    card = _card(rng, account, cards)
    uncarded = (card < 0) | (kind > 1) | (cards.columns["issued_on"][card] > days)
    return Table(
        name="transactions",
        definitions={
            "transaction_id": "INTEGER PRIMARY KEY",
            "account_id": "INTEGER NOT NULL REFERENCES accounts (account_id)",
            "card_id": "INTEGER REFERENCES cards (card_id)",
            "merchant_id": "INTEGER REFERENCES merchants (merchant_id)",
            "occurred_at": "TIMESTAMP NOT NULL",
            "transaction_type": "VARCHAR NOT NULL",
            "channel": "VARCHAR NOT NULL",
            "amount": "DECIMAL(12, 2) NOT NULL",
            "status": "VARCHAR NOT NULL",
            "is_fraud": "BOOLEAN",
        },
        columns={
            "transaction_id": np.arange(1, count + 1),
            "account_id": account + 1,
            "card_id": hide(card + 1, uncarded),
            "merchant_id": hide(merchant + 1, ~bought),
            "occurred_at": moments(days, seconds),
            "transaction_type": label(TYPES, kind),
            "channel": label(CHANNELS, channel),
            "amount": money(amount),
            "status": label(("posted", "declined", "reversed"), status),
            "is_fraud": hide(fraud, unlabelled),
        },
    )


def _active(rng: np.random.Generator, count: int, accounts: Table) -> tuple[Array, Array]:
    """Pair growing, seasonal days with accounts of unequal activity that were open then."""
    drawn = round(count * 1.7)
    days = growing_days(rng, drawn, FIRST_DAY, growth=0.11, months=MONTHS, weekdays=WEEKDAYS)
    opened = accounts.columns["opened_on"]
    checking = accounts.columns["account_type"] == "checking"
    activity = np.exp(rng.normal(0, 1.0, len(opened))) * np.where(checking, 1.0, 0.08)
    account = choose(rng, drawn, len(opened), activity)
    closed = np.ma.filled(accounts.columns["closed_on"], TODAY + 1)[account]
    valid = np.flatnonzero((days >= opened[account]) & (days <= closed))
    kept = np.sort(rng.permutation(valid)[:count])
    return days[kept], account[kept]


def _merchant(rng: np.random.Generator, count: int, merchants: Table) -> Array:
    """Draw merchants so that categories get their share and few merchants get most of it."""
    categories = merchants.columns["category"]
    total = len(categories)
    weights = zipf_weights(total, 0.8)[rng.permutation(total)]
    for name, share, *_ in CATEGORIES:
        members = categories == name
        if members.any():
            weights[members] *= share / weights[members].sum()
    return choose(rng, count, total, weights)


def _amounts(rng: np.random.Generator, kind: Array, category: Array) -> Array:
    typical = np.ones(len(kind))
    for name, _, median, *_ in CATEGORIES:
        typical[category == name] = median
    spread = rng.normal(0, 1, len(kind))
    means, widths = (np.array(pair)[kind] for pair in zip(*TYPE_AMOUNTS, strict=True))
    amount = np.where(kind == 0, typical * np.exp(0.75 * spread), np.exp(means + widths * spread))
    cash = kind == 1
    return np.where(cash, np.maximum(20, np.round(amount / 20) * 20), np.maximum(amount, 0.5))


def _fraud(
    rng: np.random.Generator, bought: Array, channel: Array, category: Array, seconds: Array
) -> Array:
    risk = np.ones(len(channel))
    for name, _, _, relative, _ in CATEGORIES:
        risk[category == name] = relative
    risk = risk * np.where(channel == 1, 3.0, 0.6) * np.where(seconds < 6 * 3600, 3.0, 1.0)
    risk = np.where(bought, risk, 0.0)
    return rng.random(len(risk)) < FRAUD_RATE * risk / risk[bought].mean()


def _card(rng: np.random.Generator, account: Array, cards: Table) -> Array:
    """Return for each transaction one of its account's cards, or -1 where it has none."""
    owners = cards.columns["account_id"] - 1
    first = np.searchsorted(owners, account, side="left")
    held = np.searchsorted(owners, account, side="right") - first
    pick = (rng.random(len(account)) * held).astype(np.int64)
    return np.where(held > 0, first + pick, -1)

"""A synthetic retail bank.

Branches, customers, accounts, cards, merchants, transactions with fraud labels that arrive late,
loans and their instalments.

Sizes below are for `scale=1`. Incomes and amounts are lognormal, activity of customers and
merchants follows Zipf's law, volumes grow and follow the season, credit risk links income, credit
score, loan status and late payments, and fraud prefers online, night and large amounts.
"""

from pathlib import Path

import numpy as np

from sql_agent.synthetic import (
    CITIES,
    FIRST_NAMES,
    LAST_NAMES,
    TODAY,
    Table,
    choose,
    growing_days,
    hide,
    label,
    money,
    write,
    zipf_weights,
)

from .loans import loan_tables
from .transactions import CATEGORIES, MONTHS, transaction_table

VERSION = 1
"""Changes with the data, so that cached files of an older generator are not used."""

SEGMENTS = ("mass_market", "affluent", "private", "small_business")
CARD_LIFE_DAYS = 4 * 365
ACCOUNT_TYPES = ("checking", "savings", "money_market", "certificate")


def build(path: Path, *, seed: int = 20251231, scale: float = 1.0) -> None:
    """Write the bank's database to a new file."""
    rng = np.random.default_rng(seed)
    branches = _branches(rng)
    customers = _customers(rng, round(12_000 * scale), branches)
    accounts = _accounts(rng, customers)
    cards = _cards(rng, accounts)
    merchants = _merchants(rng, round(2_400 * scale) + 60)
    transactions = transaction_table(rng, round(150_000 * scale), accounts, cards, merchants)
    loans, payments = loan_tables(rng, round(4_200 * scale), customers)
    write(path, [branches, customers, accounts, cards, merchants, transactions, loans, payments])


def _branches(rng: np.random.Generator) -> Table:
    count = 2 * len(CITIES)
    place = np.arange(count) % len(CITIES)
    kinds = ("Main Street", "Market Square")
    names = [f"{CITIES[p][0]} {kinds[i // len(CITIES)]}" for i, p in enumerate(place)]
    opened = np.datetime64("1978-03-01", "D") + rng.integers(0, 15_000, count)
    return Table(
        name="branches",
        definitions={
            "branch_id": "INTEGER PRIMARY KEY",
            "name": "VARCHAR NOT NULL",
            "city": "VARCHAR NOT NULL",
            "state": "VARCHAR NOT NULL",
            "region": "VARCHAR NOT NULL",
            "opened_on": "DATE NOT NULL",
        },
        columns={
            "branch_id": np.arange(1, count + 1),
            "name": np.array(names, dtype=object),
            "city": label([c[0] for c in CITIES], place),
            "state": label([c[1] for c in CITIES], place),
            "region": label([c[2] for c in CITIES], place),
            "opened_on": opened,
        },
    )


def _customers(rng: np.random.Generator, count: int, branches: Table) -> Table:
    segment = choose(rng, count, 4, (0.68, 0.2, 0.03, 0.09))
    joined = growing_days(rng, count, np.datetime64("2008-01-01", "D"), growth=0.07, months=MONTHS)
    age = np.clip(rng.gamma(7.0, 6.6, count), 18, 96)
    birth_date = TODAY - (age * 365.25).astype(np.int64)
    joined = np.maximum(joined, birth_date + 16 * 366)
    income = np.exp(rng.normal(10.85, 0.42, count)) * np.array([1.0, 2.3, 7.5, 1.7])[segment]
    score = 640 + 55 * np.log(income / 52_000) + 0.7 * (age - 40) + rng.normal(0, 58, count)
    status = choose(rng, count, 3, (0.83, 0.1, 0.07))
    branch = choose(rng, count, len(branches.columns["branch_id"]), zipf_weights(48, 0.55))
    first, last = (
        rng.integers(0, len(FIRST_NAMES), count),
        choose(rng, count, len(LAST_NAMES), zipf_weights(len(LAST_NAMES), 0.4)),
    )
    given, family = label(FIRST_NAMES, first), label(LAST_NAMES, last)
    mail = [
        f"{g}.{f}{i}@example.com".lower()
        for i, (g, f) in enumerate(zip(given, family, strict=True))
    ]
    return Table(
        name="customers",
        definitions={
            "customer_id": "INTEGER PRIMARY KEY",
            "first_name": "VARCHAR NOT NULL",
            "last_name": "VARCHAR NOT NULL",
            "email": "VARCHAR",
            "birth_date": "DATE NOT NULL",
            "segment": "VARCHAR NOT NULL",
            "status": "VARCHAR NOT NULL",
            "city": "VARCHAR NOT NULL",
            "state": "VARCHAR NOT NULL",
            "annual_income": "DECIMAL(12, 2)",
            "credit_score": "INTEGER",
            "joined_on": "DATE NOT NULL",
            "branch_id": "INTEGER NOT NULL REFERENCES branches (branch_id)",
        },
        columns={
            "customer_id": np.arange(1, count + 1),
            "first_name": given,
            "last_name": family,
            "email": label(mail, np.arange(count), rng.random(count) < 0.06),
            "birth_date": birth_date,
            "segment": label(SEGMENTS, segment),
            "status": label(("active", "dormant", "closed"), status),
            "city": branches.columns["city"][branch],
            "state": branches.columns["state"][branch],
            "annual_income": hide(money(np.round(income, -2)), rng.random(count) < 0.08),
            "credit_score": hide(
                np.clip(score, 320, 850).astype(np.int64), rng.random(count) < 0.05
            ),
            "joined_on": joined,
            "branch_id": branch + 1,
        },
    )


def _accounts(rng: np.random.Generator, customers: Table) -> Table:
    per_customer = 1 + rng.poisson(0.55, len(customers.columns["customer_id"]))
    owner = np.repeat(np.arange(len(per_customer)), per_customer)
    count = len(owner)
    kind = choose(rng, count, 4, (0.55, 0.31, 0.08, 0.06))
    joined = customers.columns["joined_on"][owner]
    since = (TODAY - joined).astype(np.int64)
    opened = joined + (since * rng.random(count) ** 2.5).astype(np.int64)
    left = customers.columns["status"][owner] == "closed"
    closed = left | (rng.random(count) < 0.05)
    closed_on = opened + 1 + ((TODAY - opened).astype(np.int64) * rng.random(count)).astype(int)
    closed_on = np.minimum(closed_on, TODAY)
    income = np.ma.filled(customers.columns["annual_income"], 48_000.0)[owner]
    scale = np.array([0.055, 0.17, 0.35, 0.3])[kind]
    balance = income * scale * np.exp(rng.normal(0, 0.95, count))
    overdrawn = (kind == 0) & (rng.random(count) < 0.04)
    balance = np.where(overdrawn, -rng.gamma(1.6, 140, count), balance)
    frozen = ~closed & (rng.random(count) < 0.012)
    rate = np.array([0.1, 2.1, 3.4, 4.2])[kind] + np.round(rng.normal(0, 0.25, count), 2)
    return Table(
        name="accounts",
        definitions={
            "account_id": "INTEGER PRIMARY KEY",
            "customer_id": "INTEGER NOT NULL REFERENCES customers (customer_id)",
            "branch_id": "INTEGER NOT NULL REFERENCES branches (branch_id)",
            "account_type": "VARCHAR NOT NULL",
            "status": "VARCHAR NOT NULL",
            "opened_on": "DATE NOT NULL",
            "closed_on": "DATE",
            "balance": "DECIMAL(14, 2) NOT NULL",
            "interest_rate": "DOUBLE NOT NULL",
            "overdraft_limit": "DECIMAL(10, 2)",
        },
        columns={
            "account_id": np.arange(1, count + 1),
            "customer_id": owner + 1,
            "branch_id": customers.columns["branch_id"][owner],
            "account_type": label(ACCOUNT_TYPES, kind),
            "status": label(("open", "frozen", "closed"), np.where(closed, 2, frozen)),
            "opened_on": opened,
            "closed_on": hide(closed_on, ~closed),
            "balance": money(np.where(closed, 0.0, balance)),
            "interest_rate": np.round(np.maximum(rate, 0.0), 2),
            "overdraft_limit": hide(
                np.array([250.0, 500.0, 1000.0, 2500.0])[choose(rng, count, 4, (4, 3, 2, 1))],
                (kind != 0) | (rng.random(count) < 0.35),
            ),
        },
    )


def _cards(rng: np.random.Generator, accounts: Table) -> Table:
    checking = np.flatnonzero(accounts.columns["account_type"] == "checking")
    owner = np.repeat(checking, 1 + (rng.random(len(checking)) < 0.42))
    count = len(owner)
    second = np.r_[False, owner[1:] == owner[:-1]]
    kind = np.where(second, 1, choose(rng, count, 3, (0.9, 0.0, 0.1)) * 1)
    opened = accounts.columns["opened_on"][owner]
    since = (TODAY - opened).astype(np.int64)
    delay = np.where(second, since * rng.random(count) ** 2, rng.integers(0, 10, count))
    issued = opened + np.minimum(delay, since).astype(np.int64)
    renewals = (TODAY - issued).astype(np.int64) // CARD_LIFE_DAYS + 1
    closed = accounts.columns["status"][owner] == "closed"
    status = np.where(closed, 3, choose(rng, count, 3, (0.93, 0.04, 0.03)))
    limits = np.round(np.exp(rng.normal(8.5, 0.7, count)), -2)
    return Table(
        name="cards",
        definitions={
            "card_id": "INTEGER PRIMARY KEY",
            "account_id": "INTEGER NOT NULL REFERENCES accounts (account_id)",
            "card_type": "VARCHAR NOT NULL",
            "network": "VARCHAR NOT NULL",
            "status": "VARCHAR NOT NULL",
            "issued_on": "DATE NOT NULL",
            "expires_on": "DATE NOT NULL",
            "credit_limit": "DECIMAL(10, 2)",
        },
        columns={
            "card_id": np.arange(1, count + 1),
            "account_id": owner + 1,
            "card_type": label(("debit", "credit", "prepaid"), kind),
            "network": label(("Visa", "Mastercard", "Discover"), choose(rng, count, 3, (6, 4, 1))),
            "status": label(("active", "blocked", "lost", "closed"), status),
            "issued_on": issued,
            "expires_on": issued + renewals * CARD_LIFE_DAYS,
            "credit_limit": hide(limits, kind != 1),
        },
    )


def _merchants(rng: np.random.Generator, count: int) -> Table:
    shares = [c[1] for c in CATEGORIES]
    category = choose(rng, count, len(CATEGORIES), np.sqrt(shares))
    place = choose(rng, count, len(CITIES), zipf_weights(len(CITIES), 0.3))
    online = rng.random(count) < np.array([c[4] for c in CATEGORIES])[category]
    words = ("Market", "House", "Corner", "Depot", "Works", "Collective", "Point", "Union")
    owner, word = rng.integers(0, len(LAST_NAMES), count), rng.integers(0, len(words), count)
    names = [
        f"{LAST_NAMES[o]} {CATEGORIES[c][0].replace('_', ' ').title()} {words[w]}"
        for o, c, w in zip(owner, category, word, strict=True)
    ]
    return Table(
        name="merchants",
        definitions={
            "merchant_id": "INTEGER PRIMARY KEY",
            "name": "VARCHAR NOT NULL",
            "category": "VARCHAR NOT NULL",
            "city": "VARCHAR",
            "state": "VARCHAR",
            "is_online": "BOOLEAN NOT NULL",
        },
        columns={
            "merchant_id": np.arange(1, count + 1),
            "name": np.array(names, dtype=object),
            "category": label([c[0] for c in CATEGORIES], category),
            "city": label([c[0] for c in CITIES], place, online),
            "state": label([c[1] for c in CITIES], place, online),
            "is_online": online,
        },
    )

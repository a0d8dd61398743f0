"""Loans of the synthetic bank and their instalments, each loan's story told by its payments."""

from dataclasses import dataclass

import numpy as np

from sql_agent.synthetic import TODAY, Array, Table, choose, growing_days, hide, label, money

KINDS = (
    ("mortgage", 0.26, 245_000.0, 5.6, (180, 240, 360)),
    ("auto", 0.31, 24_000.0, 6.9, (36, 48, 60, 72)),
    ("personal", 0.27, 9_000.0, 11.8, (12, 24, 36, 48)),
    ("student", 0.08, 18_000.0, 5.1, (60, 120, 180)),
    ("business", 0.08, 85_000.0, 8.3, (36, 60, 84)),
)
"""Loan type, share, median principal in dollars, mean yearly rate in percent, terms in months."""
STATUSES = ("current", "delinquent", "charged_off", "paid_off")
METHODS = ("auto_debit", "online", "branch", "check")
MONTHS = (0.9, 0.95, 1.1, 1.15, 1.15, 1.1, 1.0, 1.0, 0.95, 0.95, 0.9, 0.85)
FIRST_DAY = np.datetime64("2019-01-01", "D")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """One entry a loan: who, what, and how many instalments fell due and were missed at the end."""

    owner: Array
    kind: Array
    principal: Array
    rate: Array
    term: Array
    originated: Array
    status: Array
    scheduled: Array
    missed: Array
    risk: Array

    @property
    def instalment(self) -> Array:
        """The level monthly payment of an amortising loan, in dollars."""
        monthly = self.rate / 1200
        return money(self.principal * monthly / (1 - (1 + monthly) ** -self.term))

    @property
    def outstanding(self) -> Array:
        """Principal still owed after the instalments that were paid, in dollars."""
        monthly = self.rate / 1200
        growth = (1 + monthly) ** (self.scheduled - self.missed)
        left = self.principal * growth - self.instalment * (growth - 1) / monthly
        return money(np.where(self.status == 3, 0.0, np.maximum(left, 0.0)))


def loan_tables(rng: np.random.Generator, count: int, customers: Table) -> tuple[Table, Table]:
    """Draw loans and one row for each instalment that has fallen due."""
    book = _book(rng, count, customers)
    return _loans(book, customers), _payments(rng, book)


def _book(rng: np.random.Generator, count: int, customers: Table) -> _Book:
    owner = rng.integers(0, len(customers.columns["customer_id"]), count)
    kind = choose(rng, count, len(KINDS), [k[1] for k in KINDS])
    term = np.zeros(count, dtype=np.int64)
    for number, (*_, terms) in enumerate(KINDS):
        term = np.where(kind == number, np.array(terms)[rng.integers(0, len(terms), count)], term)
    income = np.ma.filled(customers.columns["annual_income"], 52_000.0)[owner]
    score = np.ma.filled(customers.columns["credit_score"], 640)[owner]
    typical = np.array([k[2] for k in KINDS])[kind] * np.clip(income / 52_000, 0.5, 4) ** 0.5
    rate = np.array([k[3] for k in KINDS])[kind] + (680 - score) / 70 + rng.normal(0, 0.5, count)
    originated = growing_days(rng, count, FIRST_DAY, growth=0.1, months=MONTHS)
    risk = np.exp((650 - score) / 70)
    status, scheduled, missed = _outcome(rng, _months_between(originated), term, risk)
    return _Book(
        owner=owner,
        kind=kind,
        principal=np.round(typical * np.exp(rng.normal(0, 0.45, count)), -2),
        rate=np.round(np.clip(rate, 1.9, 24.9), 2),
        term=term,
        originated=originated,
        status=status,
        scheduled=scheduled,
        missed=missed,
        risk=risk,
    )


def _outcome(
    rng: np.random.Generator, elapsed: Array, term: Array, risk: Array
) -> tuple[Array, Array, Array]:
    """Return status, number of instalments that fell due, and how many at the end were missed."""
    count = len(elapsed)
    scheduled = np.minimum(elapsed, term)
    luck = rng.random(count)
    early = rng.integers(6, 90, count)
    repaid_early = (rng.random(count) < 0.12) & (early < scheduled)
    scheduled = np.where(repaid_early, early, scheduled)
    repaid = repaid_early | (scheduled >= term)
    broke = ~repaid & (luck < 0.028 * risk) & (scheduled > 9)
    last = (6 + (scheduled - 6) * rng.random(count)).astype(np.int64)
    scheduled = np.where(broke, last, scheduled)
    late = ~repaid & ~broke & (luck > 1 - 0.05 * risk) & (scheduled > 3)
    behind = np.minimum(rng.geometric(0.55, count), np.minimum(scheduled - 1, 5))
    missed = np.where(broke, np.minimum(5, scheduled), np.where(late, behind, 0))
    status = np.where(repaid, 3, np.where(broke, 2, np.where(late, 1, 0)))
    return status, scheduled, missed


def _loans(book: _Book, customers: Table) -> Table:
    count = len(book.owner)
    first_missed = _months_later(book.originated, book.scheduled - book.missed + 1)
    overdue = (TODAY - first_missed).astype(np.int64)
    return Table(
        name="loans",
        definitions={
            "loan_id": "INTEGER PRIMARY KEY",
            "customer_id": "INTEGER NOT NULL REFERENCES customers (customer_id)",
            "branch_id": "INTEGER NOT NULL REFERENCES branches (branch_id)",
            "loan_type": "VARCHAR NOT NULL",
            "principal": "DECIMAL(14, 2) NOT NULL",
            "interest_rate": "DOUBLE NOT NULL",
            "term_months": "INTEGER NOT NULL",
            "originated_on": "DATE NOT NULL",
            "status": "VARCHAR NOT NULL",
            "outstanding_balance": "DECIMAL(14, 2) NOT NULL",
            "days_past_due": "INTEGER NOT NULL",
        },
        columns={
            "loan_id": np.arange(1, count + 1),
            "customer_id": book.owner + 1,
            "branch_id": customers.columns["branch_id"][book.owner],
            "loan_type": label([k[0] for k in KINDS], book.kind),
            "principal": book.principal,
            "interest_rate": book.rate,
            "term_months": book.term,
            "originated_on": book.originated,
            "status": label(STATUSES, book.status),
            "outstanding_balance": book.outstanding,
            "days_past_due": np.where((book.status == 1) | (book.status == 2), overdue, 0),
        },
    )


def _payments(rng: np.random.Generator, book: _Book) -> Table:
    loan = np.repeat(np.arange(len(book.owner)), book.scheduled)
    count = len(loan)
    starts = np.cumsum(book.scheduled) - book.scheduled
    number = np.arange(count) - starts[loan] + 1
    due = _months_later(book.originated[loan], number)
    missed = number > (book.scheduled - book.missed)[loan]
    tardy = rng.random(count) < 0.06 * np.minimum(book.risk[loan], 5)
    delay = np.where(tardy, 1 + rng.gamma(1.4, 8, count), -rng.integers(0, 4, count))
    paid_on = np.minimum(due + delay.astype(np.int64), TODAY)
    amount = book.instalment[loan]
    fee = np.where(tardy & ((paid_on - due).astype(np.int64) > 10), 35.0, 0.0)
    partial = tardy & (rng.random(count) < 0.12)
    return Table(
        name="payments",
        definitions={
            "payment_id": "INTEGER PRIMARY KEY",
            "loan_id": "INTEGER NOT NULL REFERENCES loans (loan_id)",
            "due_on": "DATE NOT NULL",
            "paid_on": "DATE",
            "amount_due": "DECIMAL(12, 2) NOT NULL",
            "amount_paid": "DECIMAL(12, 2)",
            "late_fee": "DECIMAL(8, 2) NOT NULL",
            "method": "VARCHAR",
        },
        columns={
            "payment_id": np.arange(1, count + 1),
            "loan_id": loan + 1,
            "due_on": due,
            "paid_on": hide(paid_on, missed),
            "amount_due": amount,
            "amount_paid": hide(money(np.where(partial, amount * 0.5, amount)), missed),
            "late_fee": np.where(missed, 0.0, fee),
            "method": label(METHODS, choose(rng, count, 4, (55, 33, 8, 4)), missed),
        },
    )


def _months_between(start: Array) -> Array:
    """Return how many monthly due dates after `start` have come by today."""
    months = TODAY.astype("datetime64[M]") - start.astype("datetime64[M]")
    return np.maximum(months.astype(np.int64), 0)


def _months_later(start: Array, months: Array) -> Array:
    """Add months, keeping the day of the month but never past the 28th."""
    first = start.astype("datetime64[M]")
    day = np.minimum((start - first.astype("datetime64[D]")).astype(np.int64), 27)
    return (first + months).astype("datetime64[D]") + day

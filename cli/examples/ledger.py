"""A small ledger: entries with a date, an account and an amount in cents."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Entry:
    """One booking; money that leaves the account is negative."""

    day: date
    account: str
    cents: int
    note: str = ""


@dataclass
class Ledger:
    """Bookings in the order in which they were made."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Book an entry."""
        self.entries.append(entry)

    def balance(self, account: str) -> int:
        """Return the balance of one account in cents."""
        return sum(entry.cents for entry in self.entries if entry.account == account)

    def total(self) -> int:
        """Return the balance of all accounts in cents."""
        return sum(entry.cents for entry in self.entries)

    def by_account(self) -> dict[str, int]:
        """Return the balance of each account in cents."""
        balances: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            balances[entry.account] += entry.cents
        return dict(balances)

    def between(self, first: date, last: date) -> list[Entry]:
        """Return the entries from one day to another, both included."""
        return [entry for entry in self.entries if first <= entry.day <= last]

    def largest(self) -> Entry | None:
        """Return the entry with the largest amount, whichever way the money went."""
        if not self.entries:
            return None
        return max(self.entries, key=lambda entry: abs(entry.cents))

"""Who may see what of a database: the `governance` section of its semantic model, as values.

    governance:
      version: 1
      person: patients.patient_id            # whom the data are about; other tables lead there
      threshold: 11                           # counts of fewer persons are withheld
      ledger: person                          # or `everyone`: one record of answers for all
      identifiers:                            # the 18 classes of 45 CFR 164.514(b)(2)
        names: [patients.first_name, patients.last_name]
        dates: [patients.birth_date, encounters.admitted_at]
        geography: [patients.zip]
        ages: [patients.age]
      birth: patients.birth_date              # years of birth that show an age over 89 are merged
      safe_harbor: true                       # false: where rows are shown, days of dates may stay
      reasons:                                # of a score (`sql_agent.governance.reasons`)
        column: transactions.risk_reasons
        parts: risk_reasons_parts             # a table: the row's key, place, basis, reason
        speak_of: {history: [transactions.amount, day of transactions.occurred_at,
                             rows of transactions]}
      roles:
        - name: researcher
          purposes: [quality, research]       # empty: any purpose, but one must be stated
          members: [ada]                      # empty: whoever asks
          rows_shown: false                   # false: aggregates only, with small cells withheld
          dates: month                        # what is left of a date: year, month or day
          columns:                            # minimum necessary: what is not listed is not there
            patients: [sex, state]
          rows:
            - {table: encounters, where: "facility = 'Northside'"}
            - {table: diagnoses, through: encounters}    # rows whose encounter may be seen

A column of an identifier class can be listed for a role only if the class leaves something: dates
become years (or what `dates` says, for aggregates alone), ZIP codes three digits, ages 90 at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

from sql_agent.semantic_model import ColumnRef

VERSION = 1
THRESHOLD = 11
SOURCE = "original"
"""The name under which a role's SELECTs find the original tables."""
DateGrain = Literal["year", "month", "day"]
DATE_GRAINS = get_args(DateGrain)
LedgerScope = Literal["person", "everyone"]
LEDGER_SCOPES = get_args(LedgerScope)


class IdentifierClass(StrEnum):
    """The identifiers of 45 CFR 164.514(b)(2)(i), A to R; ages are the end of class C."""

    NAMES = "names"
    GEOGRAPHY = "geography"
    DATES = "dates"
    AGES = "ages"
    PHONE = "phone"
    FAX = "fax"
    EMAIL = "email"
    SSN = "ssn"
    RECORD_NUMBERS = "record_numbers"
    PLAN_NUMBERS = "plan_numbers"
    ACCOUNT_NUMBERS = "account_numbers"
    LICENCES = "licences"
    VEHICLES = "vehicles"
    DEVICES = "devices"
    URLS = "urls"
    IP_ADDRESSES = "ip_addresses"
    BIOMETRICS = "biometrics"
    PHOTOS = "photos"
    OTHER_CODES = "other_codes"


GENERALISED = frozenset((IdentifierClass.DATES, IdentifierClass.AGES, IdentifierClass.GEOGRAPHY))
"""Classes of which something may be left; columns of the others are never in a role's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """Which rows of a table a role may see: those that meet `where`, or whose `through` row is."""

    table: str
    where: str = ""
    through: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What people in one role may see, and for which purposes."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    rows: tuple[RowRule, ...] = ()
    purposes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    rows_shown: bool = False
    dates: DateGrain = "year"

    def rule(self, table: str) -> RowRule | None:
        """Return the row rule of a table, if there is one."""
        return next((rule for rule in self.rows if rule.table == table), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The column that says what raised a score, where its parts are, and what these speak of."""

    column: ColumnRef
    parts: str
    speak_of: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole `governance` section."""

    person: ColumnRef
    roles: tuple[Role, ...]
    identifiers: Mapping[ColumnRef, IdentifierClass] = field(
        default_factory=dict[ColumnRef, IdentifierClass]
    )
    birth: ColumnRef | None = None
    threshold: int = THRESHOLD
    ledger: LedgerScope = "person"
    safe_harbor: bool = True
    """Whether rows are shown with the year of a date at most, as 45 CFR 164.514(b)(2) asks."""
    reasons: Reasons | None = None
    version: int = VERSION

    def role(self, name: str) -> Role | None:
        """Return a role by its exact name."""
        return next((role for role in self.roles if role.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who asks, in which role and for what purpose. Who somebody is, the caller has to know."""

    who: str
    role: str
    purpose: str

"""Identifiers as people say them: `tbl_pymt.pymt_dt` is the date of a payment.

An undescribed database is often named by abbreviations and prefixes. Each name is parted into
words, what all tables or most columns of a table begin with is left off, and abbreviations are
written out; several readings are kept where an abbreviation has several ("inc": income, incident).
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from .words import stems

_MOST = 0.75
_FEWEST = 3
_MOST_READINGS = 6
_PREFIXES: Final = frozenset("tbl tb t dim fact fct stg vw lkp mst src raw".split())
_ABBREVIATIONS: Final = """
acc account|acct account|acq acquisition|act active activity actual|addr address|adj adjustment
adm admission|admit admission|agrmt agreement|amt amount|ann annual|appl application
appt appointment|apr annual_percentage_rate|auth authorization|avail available|avg average
bal balance|bmi body_mass_index|bp blood_pressure|br branch|brw borrower|cat category
cc credit_card|cd code|chg charge|clm claim|cls class|cnt count|cntry country|co company
coll collateral collection|comp company|conf confirmed|ctry country|cur currency current
curr currency current|cust customer|dbt debit|dec decision|del delivery|delinq delinquent
dept department|desc description|dest destination|diag diagnosis|disb disbursement
disch discharge|disc discount|dist district|div division|dob date_of_birth|doc document doctor
dod date_of_death|dpd days_past_due|dr doctor|dsc description|dt date|dte date|dtm date
dur duration|dx diagnosis|eff effective|emp employee employment|enc encounter|enr enrollment
est estimated|exp expiry|fac facility|fee fee|fname first_name|freq frequency|ft full_time
gndr gender|grp group|hosp hospital|hr hour|hrs hours|ind indicator|ins insurance
inst installment institution|int interest|inv invoice inventory|inc income incident|lab lab
lang language|lmt limit|lname last_name|ln loan|loc location|los length_of_stay|lvl level|mbr member
med medication|mer merchant|mfr manufacturer|mgr manager|mins minutes|mkt market|mnth month
mo month|mos months|mrn medical_record_number|mth month|mths months|mtg mortgage|nat nationality
nbr number|nm name|no number|num number|occ occupation|ofc office|ord order|org organization
orig original origination|outst outstanding|pat patient|pct percent|perf performed|phn phone
phys physician|pmt payment|pos position|pract practitioner|prac practitioner|prc price|prem premium
prev previous|pri primary|prin principal|proc procedure|prod product|prof profession
prov provider province|pt patient|ptnt patient|purch purchase|pymt payment|qty quantity|rcpt receipt
rcvd received|ref reference|reg region registration|rel release relationship|req required|res result
rev revenue|rgn region|rte rate|rx prescription|sal salary|sched scheduled|sec security
seg segment|shp shipment|spec specialty|src source|st state|stat status|std standard|stf staff
strt start|supp supplier|svc service|tel telephone|term term|tm time|tot total|tran transaction
trans transaction|trt treatment|trx transaction|ts time|tx transaction treatment|txn transaction
typ type|unt unit|util utilization|val value|vend vendor|veh vehicle|vst visit|wh warehouse
whse warehouse|wk week|wt weight|ht height|yr year|yrs years|zip zip_code
"""
_WRITTEN_OUT: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    short: tuple(stems(one) for one in full.split())
    for line in _ABBREVIATIONS.split("\n")
    for short, _, full in (entry.partition(" ") for entry in line.split("|") if entry)
}
_EVENTS: Final = {
    noun: verbs.split()
    for noun, _, verbs in (
        line.partition(":")
        for line in """admission:admitted|discharge:discharged|maturity:mature matured
expiry:expire expired|expiration:expire expired|birth:born|death:died|payment:paid
purchase:purchased bought|sale:sold|delivery:delivered|registration:registered
enrollment:enrolled|enrolment:enrolled|termination:terminated|approval:approved
application:applied|origination:originated granted|issue:issued granted|creation:created
closing:closed|opening:opened|arrival:arrived|departure:departed|return:returned
diagnosis:diagnosed|prescription:prescribed|disbursement:disbursed paid_out
settlement:settled|submission:submitted filed|subscription:subscribed|shipment:shipped
dispatch:dispatched|hire:hired|joining:joined|renewal:renewed|cancellation:cancelled canceled
treatment:treated|vaccination:vaccinated|booking:booked|transaction:happened
resolution:resolved|completion:completed|order:ordered placed
decision:decided|closure:closed""".replace("\n", "|").split("|")
    )
}
"""Verbs of the events that dates are called after."""
_ALSO_VERBS: Final = frozenset("issue hire return purchase dispatch order".split())
_DATED: Final = frozenset(("date", "time", "at", "on", "day", "datetime", "timestamp"))


def event_verbs(noun: str) -> tuple[str, ...]:
    """Return the verbs of an event: what happened at a submission was `submitted`."""
    return tuple(verb for verb in _EVENTS.get(noun, ()) if "_" not in verb)


def event_nouns(verb: str) -> tuple[str, ...]:
    """Return the events at which a verb happened: the submission of `submitted`."""
    return tuple(n for n, verbs in _EVENTS.items() if verb in verbs and n not in _ALSO_VERBS)


def abbreviates(short: str, word: str) -> bool:
    """Whether a word is another one with letters left out: `brw` of "borrower"."""
    if not 1 < len(short) < len(word) or short[0] != word[0]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def table_names(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what each table is called, beside its own name."""
    parted = {name: _parts(name) for name in names}
    firsts = {parts[:1] for parts in parted.values()}
    shared = len(names) >= _FEWEST and len(firsts) == 1 and all(len(p) > 1 for p in parted.values())
    found: dict[str, tuple[str, ...]] = {}
    for name, parts in parted.items():
        kept = parts[1:] if len(parts) > 1 and (shared or parts[0] in _PREFIXES) else parts
        found[name] = _different(name, _readings(kept))
    return found


def column_names(
    table: Sequence[str], names: Sequence[str], dates: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """Return what each column is called, beside its own name.

    Args:
        table: The names of the table.
        names: Those of its columns.
        dates: The columns that hold dates; verbs are names of theirs ("issued").
    """
    nouns = [stems(name) for name in table]
    first = _shared([_parts(name) for name in names])
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        parts = _parts(name)
        bare = parts[first:] if len(parts) > first else parts
        readings = _readings(bare)
        for noun in nouns:
            own = len(noun) == 1 and len(bare) > 1 and abbreviates(bare[0], noun[0])
            readings += [(*noun, *rest) for rest in _readings(bare[1:])] if own else []
        readings += _readings(parts)
        readings += [words[:-1] for words in readings if len(words) > 1 and words[-1] == "code"]
        if name in dates:
            readings += [verb for words in readings for verb in _verbs(words)]
        found[name] = _different(name, readings)
    return found


def _parts(name: str) -> tuple[str, ...]:
    return tuple(stems(name.rpartition(".")[2]))


def _shared(columns: list[tuple[str, ...]]) -> int:
    """Return how many words most columns of a table begin with."""
    count = 0
    while len(columns) >= _FEWEST:
        firsts = [parts[: count + 1] for parts in columns if len(parts) > count + 1]
        common = max(set(firsts), key=firsts.count, default=())
        if firsts.count(common) < _MOST * len(columns):
            break
        count += 1
    return count


def _readings(parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    options = [_WRITTEN_OUT.get(part, ((part,),)) for part in parts]
    found = itertools.islice(itertools.product(*options), _MOST_READINGS)
    return [tuple(itertools.chain.from_iterable(words)) for words in found]


def _verbs(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    event = words[:-1] if words[-1] in _DATED else words
    return [(verb.replace("_", " "),) for verb in _EVENTS.get(" ".join(event), ())]


def _different(name: str, readings: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    own = stems(name)
    kept = dict.fromkeys(words for words in readings if words and words != own)
    return tuple(" ".join(words) for words in kept)

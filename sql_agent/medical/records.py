"""What the synthetic hospital writes down at an encounter.

Diagnoses, drugs, tests, procedures and claims; all follow from the encounter's kind and primary
diagnosis.
"""

import numpy as np

from sql_agent.synthetic import TODAY, Array, Table, choose, hide, label, money

from .clinic import CONDITIONS, DRUGS, PROCEDURES, TESTS, fits
from .encounters import INPATIENT, Visits, draw_conditions

PAYERS = ("medicare", "medicaid", "commercial")
DENIAL_REASONS = (
    "missing_authorization",
    "not_covered",
    "duplicate_claim",
    "coding_error",
    "late_filing",
)
CODES = tuple(c[0] for c in CONDITIONS)


def _affinity(wanted: list[tuple[str, ...]], base: list[float]) -> Array:
    """Return weights [condition, item]: an item's base weight where it fits the condition."""
    return np.array(
        [
            [w if fits(code, prefixes) else 0.0 for prefixes, w in zip(wanted, base, strict=True)]
            for code in CODES
        ]
    )


def _draw_items(rng: np.random.Generator, condition: Array, affinity: Array) -> Array:
    """Draw an item for each condition, -1 where none fits."""
    cumulative = affinity.cumsum(axis=1)
    total = cumulative[:, -1][condition]
    drawn = (cumulative[condition] <= (rng.random(len(condition)) * total)[:, None]).sum(axis=1)
    return np.where(total > 0, drawn, -1)


def diagnosis_table(rng: np.random.Generator, visits: Visits) -> Table:
    """Return the primary diagnosis of each encounter and up to three secondary ones."""
    count = len(visits.patient)
    extra = np.minimum(rng.poisson(np.array([0.45, 0.4, 1.5, 0.2])[visits.kind]), 3)
    others = np.repeat(np.arange(count), extra)
    second = draw_conditions(
        rng, visits.admitted_on[others], visits.age[others], visits.female[others]
    )
    new = second != visits.primary[others]
    encounter = np.r_[np.arange(count), others[new]]
    condition = np.r_[visits.primary, second[new]]
    is_primary = np.arange(len(encounter)) < count
    order = np.argsort(encounter, kind="stable")
    encounter, condition, is_primary = encounter[order], condition[order], is_primary[order]
    return Table(
        name="diagnoses",
        definitions={
            "diagnosis_id": "INTEGER PRIMARY KEY",
            "encounter_id": "INTEGER NOT NULL REFERENCES encounters (encounter_id)",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "code": "VARCHAR NOT NULL",
            "description": "VARCHAR NOT NULL",
            "chapter": "VARCHAR NOT NULL",
            "is_primary": "BOOLEAN NOT NULL",
            "diagnosed_on": "DATE NOT NULL",
        },
        columns={
            "diagnosis_id": np.arange(1, len(encounter) + 1),
            "encounter_id": encounter + 1,
            "patient_id": visits.patient[encounter] + 1,
            "code": label(CODES, condition),
            "description": label([c[1] for c in CONDITIONS], condition),
            "chapter": label([c[2] for c in CONDITIONS], condition),
            "is_primary": is_primary,
            "diagnosed_on": visits.admitted_on[encounter],
        },
    )


def medication_table(rng: np.random.Generator, visits: Visits) -> Table:
    """Return the drugs that were ordered, chosen for the primary diagnosis."""
    orders = rng.poisson(np.array([0.8, 0.9, 2.6, 0.7])[visits.kind])
    encounter = np.repeat(np.arange(len(orders)), orders)
    affinity = _affinity([d.codes for d in DRUGS], [d.weight for d in DRUGS])
    drug = _draw_items(rng, visits.primary[encounter], affinity)
    count = len(drug)
    choices = np.array([(d.doses * 4)[:4] if d.doses else (np.nan,) * 4 for d in DRUGS])
    dose = choices[drug, rng.integers(0, 4, count)]
    started = visits.admitted_on[encounter]
    length = np.exp(rng.normal(3.2, 1.1, count)).astype(np.int64) + 1
    ongoing = (rng.random(count) < 0.3) | (started + length > TODAY)
    return Table(
        name="medications",
        definitions={
            "medication_id": "INTEGER PRIMARY KEY",
            "encounter_id": "INTEGER NOT NULL REFERENCES encounters (encounter_id)",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "drug": "VARCHAR NOT NULL",
            "drug_class": "VARCHAR NOT NULL",
            "dose_mg": "DOUBLE",
            "route": "VARCHAR NOT NULL",
            "started_on": "DATE NOT NULL",
            "stopped_on": "DATE",
        },
        columns={
            "medication_id": np.arange(1, count + 1),
            "encounter_id": encounter + 1,
            "patient_id": visits.patient[encounter] + 1,
            "drug": label([d.name for d in DRUGS], drug),
            "drug_class": label([d.family for d in DRUGS], drug),
            "dose_mg": hide(dose, np.isnan(dose) | (rng.random(count) < 0.03)),
            "route": label([d.route for d in DRUGS], drug),
            "started_on": started,
            "stopped_on": hide(started + length, ongoing),
        },
    )


def lab_result_table(rng: np.random.Generator, visits: Visits) -> Table:
    """Return laboratory results; diseases shift the values of the tests that show them."""
    ordered = rng.poisson(np.array([1.3, 3.2, 9.0, 0.2])[visits.kind])
    encounter = np.repeat(np.arange(len(ordered)), ordered)
    count = len(encounter)
    test = choose(rng, count, len(TESTS), [t.weight for t in TESTS])
    value = _values(rng, test, visits.primary[encounter])
    low = np.array([np.nan if t.low is None else t.low for t in TESTS])[test]
    high = np.array([np.nan if t.high is None else t.high for t in TESTS])[test]
    width = np.where(np.isnan(high - low), np.fmax(low, high), high - low)
    flag = np.where(value < low, 1, np.where(value > high, 2, 0))
    flag = np.where((value < low - 0.6 * width) | (value > high + 1.2 * width), 3, flag)
    collected = visits.admitted[encounter] + (
        visits.stay[encounter] * rng.random(count) * 86_400
    ).astype(np.int64).astype("timedelta64[s]")
    collected = np.minimum(collected, TODAY.astype("datetime64[us]") + np.timedelta64(86_399, "s"))
    missing = (rng.random(count) < 0.025) | (collected > TODAY - np.timedelta64(1, "D"))
    return Table(
        name="lab_results",
        definitions={
            "lab_result_id": "INTEGER PRIMARY KEY",
            "encounter_id": "INTEGER NOT NULL REFERENCES encounters (encounter_id)",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "test_code": "VARCHAR NOT NULL",
            "test_name": "VARCHAR NOT NULL",
            "value": "DOUBLE",
            "unit": "VARCHAR NOT NULL",
            "reference_low": "DOUBLE",
            "reference_high": "DOUBLE",
            "flag": "VARCHAR",
            "collected_at": "TIMESTAMP NOT NULL",
        },
        columns={
            "lab_result_id": np.arange(1, count + 1),
            "encounter_id": encounter + 1,
            "patient_id": visits.patient[encounter] + 1,
            "test_code": label([t.code for t in TESTS], test),
            "test_name": label([t.name for t in TESTS], test),
            "value": hide(value, missing),
            "unit": label([t.unit for t in TESTS], test),
            "reference_low": hide(low, np.isnan(low)),
            "reference_high": hide(high, np.isnan(high)),
            "flag": label(("normal", "low", "high", "critical"), flag, missing),
            "collected_at": collected,
        },
    )


def _values(rng: np.random.Generator, test: Array, condition: Array) -> Array:
    """Draw values: normal inside the reference range, moved by disease, never negative."""
    lows = np.array([t.high * 0.2 if t.low is None and t.high else t.low for t in TESTS], float)
    highs = np.array([t.low * 1.9 if t.high is None and t.low else t.high for t in TESTS], float)
    raised = np.array([[bool(t.raised_by) and fits(c, t.raised_by) for t in TESTS] for c in CODES])
    lowered = np.array(
        [[bool(t.lowered_by) and fits(c, t.lowered_by) for t in TESTS] for c in CODES]
    )
    middle, width = (lows + highs)[test] / 2, (highs - lows)[test]
    severity = rng.gamma(2.0, 0.4, len(test)) * width
    shift = severity * raised[condition, test] - 0.6 * severity * lowered[condition, test]
    value = middle + rng.normal(0, 0.29, len(test)) * width + shift
    decimals = np.array([t.decimals for t in TESTS])[test]
    floor = 0.15 * lows[test]
    scale = 10.0**decimals
    return np.round(np.maximum(value, floor) * scale) / scale


def procedure_table(rng: np.random.Generator, visits: Visits) -> tuple[Table, Array]:
    """Return the procedures, and each encounter's cost of them in dollars."""
    done = rng.poisson(np.array([0.35, 0.7, 1.3, 0.0])[visits.kind])
    encounter = np.repeat(np.arange(len(done)), done)
    affinity = _affinity([p[5] for p in PROCEDURES], [1.0] * len(PROCEDURES))
    procedure = _draw_items(rng, visits.primary[encounter], affinity)
    surgical = np.array([p[2] == "surgery" for p in PROCEDURES])
    possible = (procedure >= 0) & (~surgical[procedure] | (visits.kind[encounter] == INPATIENT))
    encounter, procedure = encounter[possible], procedure[possible]
    count = len(encounter)
    cost = np.array([p[3] for p in PROCEDURES])[procedure] * np.exp(rng.normal(0, 0.28, count))
    minutes = np.array([p[4] for p in PROCEDURES])[procedure] * np.exp(rng.normal(0, 0.25, count))
    table = Table(
        name="procedures",
        definitions={
            "procedure_id": "INTEGER PRIMARY KEY",
            "encounter_id": "INTEGER NOT NULL REFERENCES encounters (encounter_id)",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "procedure_code": "VARCHAR NOT NULL",
            "procedure_name": "VARCHAR NOT NULL",
            "category": "VARCHAR NOT NULL",
            "performed_on": "DATE NOT NULL",
            "duration_minutes": "INTEGER",
            "cost": "DECIMAL(10, 2) NOT NULL",
        },
        columns={
            "procedure_id": np.arange(1, count + 1),
            "encounter_id": encounter + 1,
            "patient_id": visits.patient[encounter] + 1,
            "procedure_code": label([p[0] for p in PROCEDURES], procedure),
            "procedure_name": label([p[1] for p in PROCEDURES], procedure),
            "category": label([p[2] for p in PROCEDURES], procedure),
            "performed_on": visits.admitted_on[encounter],
            "duration_minutes": hide(
                np.maximum(minutes, 2).astype(np.int64), rng.random(count) < 0.07
            ),
            "cost": money(cost),
        },
    )
    return table, np.bincount(encounter, weights=money(cost), minlength=len(done))


def claim_table(
    rng: np.random.Generator, visits: Visits, insurance: Array, procedure_costs: Array
) -> Table:
    """Return one claim for each ended encounter of an insured patient."""
    ended = visits.discharged.astype("datetime64[D]")
    submitted = ended + 1 + rng.gamma(2.0, 4.0, len(ended)).astype(np.int64)
    insured = insurance[visits.patient] != "self_pay"
    encounter = np.flatnonzero(insured & (submitted <= TODAY))
    count = len(encounter)
    base = np.array([210.0, 1_350.0, 4_200.0, 110.0])[visits.kind[encounter]]
    nights = np.where(visits.kind[encounter] == INPATIENT, visits.stay[encounter], 0.0)
    billed = (base + 2_600 * nights) * np.exp(rng.normal(0, 0.35, count))
    billed = money(billed + procedure_costs[encounter])
    payer = insurance[visits.patient[encounter]]
    rates = {"medicare": (0.42, 0.07), "medicaid": (0.34, 0.13), "commercial": (0.61, 0.1)}
    generosity, refusal = np.zeros(count), np.zeros(count)
    for name, (generous, refused) in rates.items():
        generosity[payer == name], refusal[payer == name] = generous, refused
    decided = submitted[encounter] + 9 + rng.gamma(2.2, 8.0, count).astype(np.int64)
    pending = np.greater(decided, TODAY)
    not_denied = pending | (rng.random(count) >= refusal)
    paid = ~pending & not_denied
    outcome = np.where(paid, 0, np.where(pending, 2, 1))
    share = np.clip(generosity * np.exp(rng.normal(0, 0.12, count)), 0.05, 1.0)
    reason = choose(rng, count, 5, (35, 25, 10, 22, 8))
    return Table(
        name="claims",
        definitions={
            "claim_id": "INTEGER PRIMARY KEY",
            "encounter_id": "INTEGER NOT NULL REFERENCES encounters (encounter_id)",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "payer": "VARCHAR NOT NULL",
            "status": "VARCHAR NOT NULL",
            "billed_amount": "DECIMAL(12, 2) NOT NULL",
            "paid_amount": "DECIMAL(12, 2)",
            "denial_reason": "VARCHAR",
            "submitted_on": "DATE NOT NULL",
            "decided_on": "DATE",
        },
        columns={
            "claim_id": np.arange(1, count + 1),
            "encounter_id": encounter + 1,
            "patient_id": visits.patient[encounter] + 1,
            "payer": payer,
            "status": label(("paid", "denied", "pending"), outcome),
            "billed_amount": billed,
            "paid_amount": hide(money(billed * share), ~paid),
            "denial_reason": label(DENIAL_REASONS, reason, not_denied),
            "submitted_on": submitted[encounter],
            "decided_on": hide(decided, pending),
        },
    )

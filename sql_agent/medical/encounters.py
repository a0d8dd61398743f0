"""Encounters of the synthetic hospital: who came when, why, for how long, and who came back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sql_agent.synthetic import (
    LAST_NAMES,
    TODAY,
    Array,
    Table,
    choose,
    day_seconds,
    growing_days,
    hide,
    label,
    moments,
    zipf_weights,
)

from .clinic import CONDITIONS

TYPES = ("outpatient", "emergency", "inpatient", "telehealth")
INPATIENT = 2
FACILITIES = (
    "Harbor General",
    "Northside Hospital",
    "Lakeview Medical Center",
    "Mill Street Clinic",
)
DEPARTMENTS = {
    "circulatory": "Cardiology",
    "respiratory": "Pulmonology",
    "endocrine": "Endocrinology",
    "genitourinary": "Urology and Nephrology",
    "digestive": "Gastroenterology",
    "musculoskeletal": "Orthopedics",
    "injury": "Orthopedics",
    "mental": "Psychiatry",
    "nervous": "Neurology",
    "neoplasm": "Oncology",
    "blood": "Oncology",
    "pregnancy": "Obstetrics",
}
"""Department by chapter; everything else goes to Internal Medicine."""
MONTHS = (1.2, 1.12, 1.03, 0.97, 0.94, 0.9, 0.88, 0.9, 0.96, 1.0, 1.04, 1.12)
WEEKDAYS = (1.2, 1.12, 1.08, 1.06, 1.04, 0.72, 0.68)
HOURS = (3, 2, 2, 2, 2, 3, 6, 14, 26, 30, 30, 27, 22, 26, 27, 25, 21, 16, 12, 10, 8, 7, 5, 4)
FIRST_DAY = np.datetime64("2022-01-01", "D")
ACUTE_SHARE = {
    **dict.fromkeys(("Z00.00", "Z23", "J06.9", "G43.909", "S93.401A"), 0.0),
    **dict.fromkeys(("A41.9", "I21.4", "I63.9", "O80", "K35.80", "I26.99"), 9.0),
    **dict.fromkeys(("J18.9", "I50.9", "I50.22", "N17.9", "K80.20", "J44.1", "M17.11"), 3.0),
}
"""How much likelier than usual a primary diagnosis makes a stay in hospital."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """One entry an encounter, in the order of admission; `died_on` has one entry a patient."""

    patient: Array
    kind: Array
    primary: Array
    admitted: Array
    stay: Array
    disposition: Array
    age: Array
    female: Array
    died_on: Array

    @property
    def discharged(self) -> Array:
        """When each encounter ended (microseconds), maybe after today."""
        return self.admitted + (self.stay * 86_400).astype(np.int64).astype("timedelta64[s]")

    @property
    def admitted_on(self) -> Array:
        """The day of each admission."""
        return self.admitted.astype("datetime64[D]")


def draw_visits(rng: np.random.Generator, count: int, age: Array, female: Array) -> Visits:
    """Draw about `count` encounters, readmissions and deaths among them."""
    need = np.exp(rng.normal(0, 0.8, len(age))) * (0.5 + age / 60)
    patient = choose(rng, count, len(age), need)
    days = growing_days(rng, count, FIRST_DAY, growth=0.06, months=MONTHS, weekdays=WEEKDAYS)
    primary = draw_conditions(rng, days, age[patient], female[patient])
    kind = _kinds(rng, primary, age[patient])
    admitted = moments(days, day_seconds(rng, count, HOURS))
    stay = _stays(rng, kind, age[patient])
    back = _returns(rng, kind, age[patient])
    again = admitted[back] + ((stay[back] + rng.uniform(1.0, 29.0, len(back))) * 86_400).astype(
        "timedelta64[s]"
    )
    patient, primary = np.r_[patient, patient[back]], np.r_[primary, primary[back]]
    kind, admitted = np.r_[kind, kind[back]], np.r_[admitted, again]
    stay = np.r_[stay, _stays(rng, kind[back], age[patient[back]])]
    order = np.argsort(admitted, kind="stable")
    order = order[admitted[order].astype("datetime64[D]") <= TODAY]
    disposition, died_on, alive = _outcomes(
        rng,
        patient=patient[order],
        kind=kind[order],
        admitted=admitted[order],
        stay=stay[order],
        age=age,
    )
    order = order[alive]
    return Visits(
        patient=patient[order],
        kind=kind[order],
        primary=primary[order],
        admitted=admitted[order],
        stay=stay[order],
        disposition=disposition[alive],
        age=age[patient[order]],
        female=female[patient[order]],
        died_on=died_on,
    )


def draw_conditions(rng: np.random.Generator, days: Array, age: Array, female: Array) -> Array:
    """Draw one index into `CONDITIONS` for each day and person."""
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    winter = np.isin(month, (0, 1, 10, 11))
    band = np.digitize(age, (45, 62))
    group = band * 4 + female * 2 + winter
    drawn = np.zeros(len(days), dtype=np.int64)
    for number in range(12):
        members = np.flatnonzero(group == number)
        weights = _condition_weights(number // 4, female=bool(number & 2), winter=bool(number & 1))
        drawn[members] = choose(rng, len(members), len(CONDITIONS), weights)
    return drawn


def _condition_weights(band: int, *, female: bool, winter: bool) -> Sequence[float]:
    old = (0.12, 0.9, 2.0)[band]
    factors = {
        "any": 1.0,
        "senior": old,
        "young": (2.0, 0.9, 0.4)[band],
        "winter": 2.6 if winter else 0.5,
        "female": 1.8 if female else 0.0,
        "senior_male": 0.0 if female else old,
        "childbearing": 6.0 if female and band == 0 else 0.0,
    }
    return [weight * factors[whom] for *_, weight, whom in CONDITIONS]


def _kinds(rng: np.random.Generator, primary: Array, age: Array) -> Array:
    acute = np.array([ACUTE_SHARE.get(c[0], 1.0) for c in CONDITIONS])[primary]
    stays = np.minimum(0.085 * acute * (0.6 + age / 90), 0.85)
    routine = np.array([c[0].startswith("Z") for c in CONDITIONS])[primary]
    emergency = np.where(routine, 0.0, 0.19)
    draw = rng.random(len(primary))
    other = np.where(rng.random(len(primary)) < 0.13, 3, 0)
    return np.where(draw < stays, INPATIENT, np.where(draw < stays + emergency, 1, other))


def _stays(rng: np.random.Generator, kind: Array, age: Array) -> Array:
    """Return the length of each encounter in days: nights for inpatients, hours for the rest."""
    nights = np.exp(rng.normal(1.05, 0.72, len(kind)) + (age - 55) * 0.006)
    hours = np.exp(rng.normal(np.array([-0.3, 1.3, 0.0, -1.1])[kind], 0.45))
    return np.where(kind == INPATIENT, np.clip(nights, 0.6, 75), np.minimum(hours, 20) / 24)


def _returns(rng: np.random.Generator, kind: Array, age: Array) -> Array:
    """Return which inpatients come back within thirty days of leaving."""
    chance = 0.07 + 0.0013 * np.maximum(age - 40, 0)
    return np.flatnonzero((kind == INPATIENT) & (rng.random(len(kind)) < chance))


def _outcomes(
    rng: np.random.Generator,
    *,
    patient: Array,
    kind: Array,
    admitted: Array,
    stay: Array,
    age: Array,
) -> tuple[Array, Array, Array]:
    """Return dispositions, each patient's day of death or NaT, and which encounters still count.

    Encounters that would begin after their patient's death are out.
    """
    count = len(patient)
    disposition = choose(rng, count, 4, (0.78, 0.13, 0.07, 0.02))
    ends = (admitted + (stay * 86_400).astype(np.int64).astype("timedelta64[s]")).astype(
        "datetime64[D]"
    )
    risk = np.where(kind == INPATIENT, 0.004 * np.exp((age[patient] - 40) / 15), 0.0)
    dies = (rng.random(count) < risk) & (ends <= TODAY)
    died_on = np.full(len(age), np.datetime64("NaT"), dtype="datetime64[D]")
    last = np.flatnonzero(dies)[::-1]
    died_on[patient[last]] = ends[last]
    death = died_on[patient]
    alive = np.isnat(death) | (admitted.astype("datetime64[D]") <= death)
    final = dies & (ends == death)
    return np.where(final, 4, disposition), died_on, alive


def _readmitted(visits: Visits) -> tuple[Array, Array]:
    """Return whether each stay was followed by another within 30 days, and where that is open."""
    result = np.zeros(len(visits.patient), dtype=bool)
    stays = np.flatnonzero(visits.kind == INPATIENT)
    order = stays[np.lexsort((visits.admitted[stays], visits.patient[stays]))]
    this, following = order[:-1], order[1:]
    gap = visits.admitted[following] - visits.discharged[this]
    soon = (gap >= np.timedelta64(0)) & (gap <= np.timedelta64(30, "D"))
    result[this] = (visits.patient[this] == visits.patient[following]) & soon
    watched = visits.discharged.astype("datetime64[D]") <= TODAY - 30
    return result, (visits.kind != INPATIENT) | ~(watched | result)


def encounter_table(rng: np.random.Generator, visits: Visits) -> Table:
    """Return the table of encounters."""
    count = len(visits.patient)
    chapters = [c[2] for c in CONDITIONS]
    department = label([DEPARTMENTS.get(c, "Internal Medicine") for c in chapters], visits.primary)
    department[visits.kind == 1] = "Emergency"
    physician = choose(rng, count, 90, zipf_weights(90, 0.5))
    open_stay = visits.discharged.astype("datetime64[D]") > TODAY
    inpatient = visits.kind == INPATIENT
    readmitted, unknown = _readmitted(visits)
    dispositions = ("home", "skilled_nursing", "transferred", "against_advice", "deceased")
    return Table(
        name="encounters",
        definitions={
            "encounter_id": "INTEGER PRIMARY KEY",
            "patient_id": "INTEGER NOT NULL REFERENCES patients (patient_id)",
            "encounter_type": "VARCHAR NOT NULL",
            "facility": "VARCHAR NOT NULL",
            "department": "VARCHAR NOT NULL",
            "physician": "VARCHAR NOT NULL",
            "admitted_at": "TIMESTAMP NOT NULL",
            "discharged_at": "TIMESTAMP",
            "length_of_stay": "DOUBLE",
            "disposition": "VARCHAR",
            "readmitted": "BOOLEAN",
        },
        columns={
            "encounter_id": np.arange(1, count + 1),
            "patient_id": visits.patient + 1,
            "encounter_type": label(TYPES, visits.kind),
            "facility": label(FACILITIES, choose(rng, count, 4, (42, 27, 20, 11))),
            "department": department,
            "physician": label([f"Dr. {name}" for name in LAST_NAMES[:90]], physician),
            "admitted_at": visits.admitted,
            "discharged_at": hide(visits.discharged, open_stay),
            "length_of_stay": hide(np.round(visits.stay, 2), open_stay | ~inpatient),
            "disposition": label(dispositions, visits.disposition, open_stay | ~inpatient),
            "readmitted": hide(readmitted, unknown),
        },
    )

"""A synthetic hospital group.

Patients, encounters, diagnoses, medications, laboratory results, procedures, insurance claims.

Sizes below are for `scale=1`. Age and sex steer diagnoses, winter brings respiratory disease,
diagnoses steer drugs, tests, values and costs, stays and bills are lognormal, and what is recent is
incomplete: patients still in hospital, results to come, claims not yet decided.
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
    hide,
    label,
    write,
    zipf_weights,
)

from .encounters import Visits, draw_visits, encounter_table
from .records import (
    claim_table,
    diagnosis_table,
    lab_result_table,
    medication_table,
    procedure_table,
)

VERSION = 1
"""Changes with the data, so that cached files of an older generator are not used."""

INSURANCE = ("medicare", "medicaid", "commercial", "self_pay")
LANGUAGES = ("English", "Spanish", "Chinese", "Vietnamese", "Portuguese")


def build(path: Path, *, seed: int = 20251231, scale: float = 1.0) -> None:
    """Write the hospital's database to a new file."""
    rng = np.random.default_rng(seed)
    count = round(9_000 * scale)
    age = _ages(rng, count)
    female = rng.random(count) < 0.53
    visits = draw_visits(rng, round(40_000 * scale), age, female)
    patients = _patients(rng, age, female, visits)
    procedures, procedure_costs = procedure_table(rng, visits)
    write(
        path,
        [
            patients,
            encounter_table(rng, visits),
            diagnosis_table(rng, visits),
            medication_table(rng, visits),
            lab_result_table(rng, visits),
            procedures,
            claim_table(rng, visits, patients.columns["insurance"], procedure_costs),
        ],
    )


def _ages(rng: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Draw ages in years today, from 18 to 99, in a young and an old hump."""
    old = rng.random(count) < 0.45
    drawn = np.where(old, rng.normal(69, 11, count), rng.normal(39, 13, count))
    return np.clip(drawn, 18, 99)


def _patients(
    rng: np.random.Generator,
    age: np.ndarray[tuple[int], np.dtype[np.float64]],
    female: np.ndarray[tuple[int], np.dtype[np.bool_]],
    visits: Visits,
) -> Table:
    count = len(age)
    covered = choose(rng, count, 4, (0.0, 0.22, 0.68, 0.1))
    insurance = np.where((age >= 65) & (rng.random(count) < 0.93), 0, covered)
    place = choose(rng, count, len(CITIES), zipf_weights(len(CITIES), 0.9))
    smoker = choose(rng, count, 3, (0.58, 0.27, 0.15))
    family = choose(rng, count, len(LAST_NAMES), zipf_weights(len(LAST_NAMES), 0.4))
    return Table(
        name="patients",
        definitions={
            "patient_id": "INTEGER PRIMARY KEY",
            "first_name": "VARCHAR NOT NULL",
            "last_name": "VARCHAR NOT NULL",
            "birth_date": "DATE NOT NULL",
            "sex": "VARCHAR NOT NULL",
            "city": "VARCHAR NOT NULL",
            "state": "VARCHAR NOT NULL",
            "language": "VARCHAR",
            "insurance": "VARCHAR NOT NULL",
            "smoking_status": "VARCHAR",
            "died_on": "DATE",
        },
        columns={
            "patient_id": np.arange(1, count + 1),
            "first_name": label(FIRST_NAMES, rng.integers(0, len(FIRST_NAMES), count)),
            "last_name": label(LAST_NAMES, family),
            "birth_date": TODAY - (age * 365.25).astype(np.int64),
            "sex": label(("male", "female"), female.astype(np.int64)),
            "city": label([c[0] for c in CITIES], place),
            "state": label([c[1] for c in CITIES], place),
            "language": label(
                LANGUAGES, choose(rng, count, 5, (78, 13, 4, 3, 2)), rng.random(count) < 0.04
            ),
            "insurance": label(INSURANCE, insurance),
            "smoking_status": label(
                ("never", "former", "current"), smoker, rng.random(count) < 0.11
            ),
            "died_on": hide(visits.died_on, np.isnat(visits.died_on)),
        },
    )

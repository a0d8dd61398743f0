"""A generated hospital in the layout of Synthea with all 18 identifier classes, and its policy.

Every identifier value is unlike any other text (it holds `zq`), so that one leaked value shows.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import duckdb

CLASSES = {
    "names": ("first", "last"),
    "phone": ("phone",),
    "fax": ("fax",),
    "email": ("email",),
    "ssn": ("ssn",),
    "record_numbers": ("mrn",),
    "plan_numbers": ("plan_number",),
    "account_numbers": ("account_number",),
    "licences": ("drivers",),
    "vehicles": ("vehicle",),
    "devices": ("device",),
    "urls": ("url",),
    "ip_addresses": ("ip",),
    "biometrics": ("fingerprint",),
    "photos": ("photo",),
    "other_codes": ("passport",),
}
SECRET = ("address", "city", *(name for names in CLASSES.values() for name in names))
RACES, WARDS = ("white", "black", "asian", "native", "other"), ("a", "b", "c", "d", "e", "rare")
MARITAL, SITES = ("single", "married", "widowed"), ("north", "south", "east")
CODES = ("I10", "E11.9", "J45.909", "N18.30", "C61", "G40.909")
ATTRIBUTES = {"sex": ("f", "m"), "race": RACES, "ward": WARDS, "marital": MARITAL}


@dataclass(frozen=True, slots=True)
class Hospital:
    """The rows as plain data, for judges that do not use plumb."""

    patients: list[dict[str, object]]
    encounters: list[dict[str, object]]
    path: Path

    def secrets(self) -> set[str]:
        """Return every identifier value that has no generalised form."""
        return {str(row[name]) for row in self.patients for name in SECRET}


def _patient(i: int, draw: random.Random) -> dict[str, object]:
    row: dict[str, object] = {"id": i}
    for name in SECRET:
        row[name] = f"zq{name[:3]}{i:05d}x{draw.randrange(10**6):06d}"
    row["birthdate"] = (
        f"{draw.randint(1925, 2015)}-{draw.randint(1, 12):02}-{draw.randint(2, 28):02}"
    )
    row["zip"] = f"0{draw.choice(('2155', '3601', '1970', '2139'))}"
    for name, values in ATTRIBUTES.items():
        weights = [2.0**-k for k in range(len(values))] if name != "sex" else [1.0, 1.0]
        row[name] = draw.choices(values, weights)[0]
    row["expenses"] = draw.randint(100, 90_000)
    return row


def build(folder: Path, *, patients: int, seed: int) -> Hospital:
    """Write hospital.duckdb and hospital.yaml into a folder, and return the rows."""
    draw = random.Random(seed)
    people = [_patient(i, draw) for i in range(1, patients + 1)]
    stays: list[dict[str, object]] = []
    for person in people:
        for _ in range(draw.choice((0, 1, 1, 2, 3))):
            stays.append(
                {
                    "id": len(stays) + 1,
                    "patient": person["id"],
                    "site": draw.choices(SITES, (5, 3, 1))[0],
                    "class": draw.choice(("emergency", "inpatient", "ambulatory")),
                    "code": draw.choices(CODES, (9, 7, 5, 3, 2, 0.4))[0],
                    "start": f"{draw.randint(2022, 2024)}-{draw.randint(1, 12):02}-"
                    f"{draw.randint(2, 28):02} {draw.randint(0, 23):02}:15:00",
                    "cost": draw.randint(50, 9000),
                }
            )
    path = folder / "hospital.duckdb"
    texts = ", ".join(f'"{name}" VARCHAR' for name in SECRET)
    with duckdb.connect(str(path)) as connection:
        for statement in ddl(texts):
            connection.execute(statement)
        for table, rows in (("patients", people), ("encounters", stays)):
            marks = ", ".join("?" * len(rows[0]))
            values = [list(row.values()) for row in rows]
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    path.with_suffix(".yaml").write_text(model(), encoding="utf-8")
    return Hospital(people, stays, path)


def ddl(texts: str) -> tuple[str, str]:
    """Return the tables, for DuckDB and PostgreSQL alike."""
    attributes = ", ".join(f"{name} VARCHAR" for name in ATTRIBUTES)
    return (
        (
            f"CREATE TABLE patients (id INTEGER PRIMARY KEY, {texts}, birthdate DATE, zip VARCHAR, "
            f"{attributes}, expenses INTEGER)"
        ),
        (
            "CREATE TABLE encounters (id INTEGER PRIMARY KEY, patient INTEGER, site VARCHAR, "
            "class VARCHAR, code VARCHAR, start TIMESTAMP, cost INTEGER)"
        ),
    )


def model() -> str:
    """Return the semantic model with its policy: a counter, a ward doctor, a biller."""
    hidden = "\n".join(
        f"      - {{name: {name}, type: text, role: text, pii: true}}" for name in SECRET
    )
    classes = "\n".join(
        f"    {kind}: [{', '.join(f'patients.{name}' for name in names)}]"
        for kind, names in CLASSES.items()
    )
    shown = ", ".join(ATTRIBUTES)
    kinds = "\n".join(f"      - {{name: {name}, type: text}}" for name in ATTRIBUTES)
    return f"""version: 1
name: hospital
default_date: encounters.start
tables:
  - name: patients
    synonyms: [patient, people, person]
    primary_key: [id]
    columns:
      - {{name: id, type: integer, role: key}}
{hidden}
      - {{name: birthdate, type: date, pii: true, synonyms: [birthday, date of birth]}}
      - {{name: zip, type: text, pii: true, synonyms: [zip code]}}
{kinds}
      - {{name: expenses, type: integer, role: measure}}
  - name: encounters
    synonyms: [encounter, visit, stay]
    primary_key: [id]
    columns:
      - {{name: id, type: integer, role: key}}
      - {{name: patient, type: integer, role: key}}
      - {{name: site, type: text}}
      - {{name: class, type: text}}
      - {{name: code, type: text, synonyms: [diagnosis]}}
      - {{name: start, type: timestamp}}
      - {{name: cost, type: integer, role: measure}}
joins:
  - {{left: encounters, right: patients, on: encounters.patient = patients.id,
      cardinality: many_to_one}}
governance:
  version: 1
  person: patients.id
  identifiers:
{classes}
    geography: [patients.address, patients.city, patients.zip]
    dates: [patients.birthdate, encounters.start]
  birth: patients.birthdate
  roles:
    - name: counter
      columns:
        patients: [birthdate, zip, {shown}, expenses]
        encounters: [site, class, code, start, cost]
    - name: doctor
      rows_shown: true
      columns:
        patients: [birthdate, zip, {shown}]
        encounters: [site, class, code, start]
      rows:
        - {{table: encounters, where: "site = 'north'"}}
    - name: biller
      rows_shown: true
      columns:
        patients: [zip, ward, expenses]
        encounters: [site, class, cost]
      rows:
        - {{table: patients, where: "ward IN ('a', 'b')"}}
        - {{table: encounters, through: patients}}
"""

"""Two databases in unfamiliar trades: a pharmacy's stock and an insurer's claims book."""

import random
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

_FIRST = "Aino Bram Clara Dirk Edda Filip Greta Henk Ines Jonas Karin Lars Mette Nils Olga".split()
_LAST = "Aalto Berger Claes Dahl Engel Frisk Gerber Holm Iversen Jonker Keller Lind Moen".split()
_MEDICINES = (
    ("Amoxicillin", "capsule", 500, "antibiotic"),
    ("Ceftriaxone", "vial", 1000, "antibiotic"),
    ("Vancomycin", "vial", 500, "antibiotic"),
    ("Doxycycline", "tablet", 100, "antibiotic"),
    ("Morphine", "ampoule", 10, "opioid"),
    ("Fentanyl", "patch", 25, "opioid"),
    ("Oxycodone", "tablet", 20, "opioid"),
    ("Paracetamol", "tablet", 500, "analgesic"),
    ("Ibuprofen", "tablet", 400, "analgesic"),
    ("Ketorolac", "ampoule", 30, "analgesic"),
    ("Heparin", "vial", 5000, "anticoagulant"),
    ("Warfarin", "tablet", 5, "anticoagulant"),
    ("Apixaban", "tablet", 5, "anticoagulant"),
    ("Insulin Glargine", "pen", 100, "antidiabetic"),
    ("Metformin", "tablet", 850, "antidiabetic"),
    ("Lisinopril", "tablet", 10, "antihypertensive"),
    ("Amlodipine", "tablet", 5, "antihypertensive"),
    ("Bisoprolol", "tablet", 5, "antihypertensive"),
    ("Lorazepam", "ampoule", 4, "sedative"),
    ("Midazolam", "ampoule", 5, "sedative"),
)
_SUPPLIERS = (
    ("Nordpharm", "Denmark", 4.6, 3),
    ("Alpenmed", "Austria", 4.1, 6),
    ("Medivita", "Italy", 3.7, 9),
    ("Rhein Pharma", "Germany", 4.4, 4),
    ("Lusofarma", "Portugal", 3.2, 12),
    ("Bavaria Medical", "Germany", 4.8, 5),
)
_WARDS = (
    ("Intensive Care", 3, 16),
    ("Cardiology", 2, 28),
    ("Oncology", 4, 24),
    ("Maternity", 1, 20),
    ("Orthopedics", 2, 30),
    ("Pediatrics", 1, 18),
    ("Emergency", 0, 22),
)


def pharmacy(path: Path) -> None:
    """Write a hospital pharmacy's stock (DuckDB): batches, dispensings, orders of 2023 and 2024."""
    chance = random.Random(77)
    connection = duckdb.connect(str(path))
    connection.execute(
        "CREATE TABLE medicines(medicine_id INTEGER PRIMARY KEY, name TEXT, form TEXT,"
        " strength_mg INTEGER, category TEXT, is_controlled BOOLEAN, unit_price DECIMAL(8,2),"
        " reorder_level INTEGER);"
        "CREATE TABLE suppliers(supplier_id INTEGER PRIMARY KEY, name TEXT, country TEXT,"
        " rating DOUBLE, lead_time_days INTEGER);"
        "CREATE TABLE wards(ward_id INTEGER PRIMARY KEY, name TEXT, floor INTEGER, beds INTEGER);"
        "CREATE TABLE batches(batch_id INTEGER PRIMARY KEY,"
        " medicine_id INTEGER REFERENCES medicines, supplier_id INTEGER REFERENCES suppliers,"
        " received_on DATE, expires_on DATE, quantity_received INTEGER, quantity_left INTEGER,"
        " unit_cost DECIMAL(8,2));"
        "CREATE TABLE dispensings(dispensing_id INTEGER PRIMARY KEY,"
        " batch_id INTEGER REFERENCES batches, ward_id INTEGER REFERENCES wards,"
        " dispensed_at TIMESTAMP, quantity INTEGER, pharmacist TEXT);"
        "CREATE TABLE purchase_orders(order_id INTEGER PRIMARY KEY,"
        " supplier_id INTEGER REFERENCES suppliers, medicine_id INTEGER REFERENCES medicines,"
        " ordered_on DATE, delivered_on DATE, quantity INTEGER, status TEXT);"
    )
    medicines = [
        (i, *row, row[3] in {"opioid", "sedative"}, round(chance.uniform(0.1, 40), 2), level)
        for i, (row, level) in enumerate(
            ((row, chance.randrange(50, 500, 50)) for row in _MEDICINES), 1
        )
    ]
    connection.executemany("INSERT INTO medicines VALUES (?,?,?,?,?,?,?,?)", medicines)
    suppliers = [(i, *row) for i, row in enumerate(_SUPPLIERS, 1)]
    connection.executemany("INSERT INTO suppliers VALUES (?,?,?,?,?)", suppliers)
    wards = [(i, *row) for i, row in enumerate(_WARDS, 1)]
    connection.executemany("INSERT INTO wards VALUES (?,?,?,?)", wards)
    batches = [_batch(chance, i) for i in range(1, 301)]
    connection.executemany("INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)", batches)
    staff = ("Dahl", "Holm", "Keller", "Moen", "Lind")
    dispensings = [_dispensing(chance, i, staff) for i in range(1, 2401)]
    connection.executemany("INSERT INTO dispensings VALUES (?,?,?,?,?,?)", dispensings)
    orders = [_order(chance, i) for i in range(1, 421)]
    connection.executemany("INSERT INTO purchase_orders VALUES (?,?,?,?,?,?,?)", orders)
    connection.close()


def _batch(chance: random.Random, number: int) -> tuple[object, ...]:
    received = date(2023, 1, 2) + timedelta(days=chance.randrange(720))
    count = chance.randrange(100, 2000, 50)
    left = 0 if chance.random() < 0.25 else chance.randrange(count)
    expires = received + timedelta(days=chance.randint(120, 900))
    cost = round(chance.uniform(0.05, 30), 2)
    return (
        number,
        chance.randint(1, 19),
        chance.randint(1, 6),
        received,
        expires,
        count,
        left,
        cost,
    )


def _dispensing(chance: random.Random, number: int, staff: tuple[str, ...]) -> tuple[object, ...]:
    moment = datetime(2023, 2, 1) + timedelta(minutes=chance.randrange(1_005_000))  # noqa: DTZ001
    ward = chance.choices(range(1, 8), (8, 6, 6, 3, 5, 3, 9))[0]
    return (
        number,
        chance.randint(1, 300),
        ward,
        moment,
        chance.randint(1, 60),
        chance.choice(staff),
    )


def _order(chance: random.Random, number: int) -> tuple[object, ...]:
    ordered = date(2023, 1, 2) + timedelta(days=chance.randrange(725))
    status = chance.choices(("delivered", "pending", "cancelled"), (85, 9, 6))[0]
    came = ordered + timedelta(days=chance.randint(2, 20)) if status == "delivered" else None
    count = chance.randrange(100, 3000, 100)
    return (number, chance.randint(1, 6), chance.randint(1, 20), ordered, came, count, status)


def insurer(path: Path) -> None:
    """Write an insurer's book (SQLite): holders, agents, policies, claims from 2021 to 2024."""
    chance = random.Random(78)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE policyholders(holder_id INTEGER PRIMARY KEY, full_name TEXT,"
            " birth_date DATE, region TEXT, occupation TEXT, is_smoker BOOLEAN);"
            "CREATE TABLE agents(agent_id INTEGER PRIMARY KEY, agent_name TEXT, office TEXT,"
            " hired_on DATE, commission_pct REAL);"
            "CREATE TABLE adjusters(adjuster_id INTEGER PRIMARY KEY, adjuster_name TEXT,"
            " team TEXT, is_senior BOOLEAN);"
            "CREATE TABLE policies(policy_no TEXT PRIMARY KEY,"
            " holder_id INTEGER REFERENCES policyholders, agent_id INTEGER REFERENCES agents,"
            " line TEXT, start_date DATE, end_date DATE, annual_premium REAL, deductible REAL,"
            " sum_insured REAL, status TEXT);"
            "CREATE TABLE claims(claim_no TEXT PRIMARY KEY,"
            " policy_no TEXT REFERENCES policies, adjuster_id INTEGER REFERENCES adjusters,"
            " loss_date DATE, reported_date DATE, settled_date DATE, cause TEXT,"
            " amount_claimed REAL, amount_paid REAL, status TEXT);"
        )
        regions = ("North", "South", "Coast", "Highlands", "Capital")
        jobs = ("teacher", "driver", "nurse", "farmer", "engineer", "retired", "student")
        for i in range(1, 601):
            born = date(1940, 1, 1) + timedelta(days=chance.randrange(24_000))
            row = (i, _name(chance), born, chance.choice(regions), chance.choice(jobs))
            smokes = chance.random() < 0.22
            connection.execute("INSERT INTO policyholders VALUES (?,?,?,?,?,?)", (*row, smokes))
        offices = ("Bergen", "Oslo", "Tromso", "Stavanger")
        for i in range(1, 26):
            hired = date(2008, 1, 1) + timedelta(days=chance.randrange(5_500))
            share = chance.choice((5.0, 7.5, 10.0, 12.5))
            row = (i, f"{_name(chance)} {i}", chance.choice(offices), hired, share)
            connection.execute("INSERT INTO agents VALUES (?,?,?,?,?)", row)
        for i in range(1, 11):
            team = chance.choice(("motor", "property", "complex"))
            row = (i, f"{_name(chance)} {i}", team, chance.random() < 0.4)
            connection.execute("INSERT INTO adjusters VALUES (?,?,?,?)", row)
        for i in range(1, 1201):
            row = _policy(chance, i)
            connection.execute("INSERT INTO policies VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        for i in range(1, 1801):
            connection.execute("INSERT INTO claims VALUES (?,?,?,?,?,?,?,?,?,?)", _claim(chance, i))


def _policy(chance: random.Random, number: int) -> tuple[object, ...]:
    start = date(2019, 1, 1) + timedelta(days=chance.randrange(2_150))
    line = chance.choices(("motor", "home", "travel", "liability"), (45, 30, 15, 10))[0]
    status = chance.choices(("active", "lapsed", "cancelled", "expired"), (60, 12, 8, 20))[0]
    return (
        f"P{number:05}",
        chance.randint(1, 560),
        chance.randint(1, 25),
        line,
        start.isoformat(),
        (start + timedelta(days=365 * chance.randint(1, 5))).isoformat(),
        round(chance.uniform(80, 2_400), 2),
        float(chance.choice((0, 100, 250, 500, 1000))),
        float(chance.randrange(5_000, 500_000, 5_000)),
        status,
    )


def _claim(chance: random.Random, number: int) -> tuple[object, ...]:
    lost = date(2021, 1, 1) + timedelta(days=chance.randrange(1_440))
    told = lost + timedelta(days=chance.choice((0, 1, 1, 2, 3, 5, 8, 20, 45)))
    status = chance.choices(("settled", "open", "rejected", "withdrawn"), (68, 15, 12, 5))[0]
    closed = told + timedelta(days=chance.randint(3, 200)) if status == "settled" else None
    cause = chance.choice(("collision", "theft", "water damage", "fire", "storm", "injury"))
    claimed = round(chance.uniform(150, 40_000), 2)
    paid = round(claimed * chance.uniform(0.3, 1.0), 2) if status == "settled" else None
    return (
        f"C{number:06}",
        f"P{chance.randint(1, 1100):05}",
        chance.randint(1, 10),
        lost.isoformat(),
        told.isoformat(),
        closed.isoformat() if closed else None,
        cause,
        claimed,
        paid,
        status,
    )


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


TRADES: dict[str, tuple[Callable[[Path], None], str]] = {
    "pharmacy": (pharmacy, ".duckdb"),
    "insurer": (insurer, ".sqlite"),
}
"""What writes each database, and how its file ends."""

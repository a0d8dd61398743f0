"""Two databases of desks that nobody has described: a dental practice and a stockbroker."""

import random
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

_SEED = 31_415
_FIRST = "Amos Bella Carl Dora Emil Freya Gino Hedy Igor Jana Karl Lotte Mats Nell Oskar Petra"
_LAST = "Aldous Bishop Calder Dempsey Ekberg Farkas Gillan Horvat Ibsen Jokic Keane Lindt"
_TOWNS = ("Galway", "Limerick", "Sligo", "Tralee", "Kilkenny")
_TREATMENTS = (
    ("Check-up", "prevention", 45.0, 20),
    ("Cleaning", "prevention", 80.0, 40),
    ("Filling", "restoration", 130.0, 45),
    ("Crown", "restoration", 690.0, 90),
    ("Root canal", "endodontics", 520.0, 80),
    ("Extraction", "surgery", 150.0, 30),
    ("Implant", "surgery", 1850.0, 120),
    ("Whitening", "cosmetic", 260.0, 60),
    ("Night guard", "cosmetic", 310.0, 30),
)
_STOCKS = (
    ("NRDX", "Nordex Energy", "energy", "EUR"),
    ("FJRD", "Fjord Seafood", "food", "NOK"),
    ("TLGN", "Talgarn Steel", "materials", "EUR"),
    ("QBIT", "Qubit Devices", "technology", "USD"),
    ("HLTH", "Helth Pharma", "healthcare", "USD"),
    ("AERO", "Aerostar", "industrials", "USD"),
    ("BNKO", "Banco Lumen", "financials", "EUR"),
    ("SOLR", "Solaris Power", "energy", "EUR"),
    ("GRNO", "Grano Mills", "food", "USD"),
    ("CLOD", "Cloudberry Software", "technology", "USD"),
    ("MEDI", "Medisca", "healthcare", "EUR"),
    ("ZINC", "Zincora Mining", "materials", "NOK"),
)


def dentist(path: Path) -> None:
    """Write a dental practice: patients, dentists, treatments, appointments, invoices."""
    chance = random.Random(_SEED)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE patients(patient_no INTEGER PRIMARY KEY, full_name TEXT, born_on DATE,"
            " gender TEXT, town TEXT, registered_on DATE, insurer TEXT);"
            "CREATE TABLE dentists(dentist_id INTEGER PRIMARY KEY, name TEXT, speciality TEXT,"
            " hired_on DATE, part_time BOOLEAN);"
            "CREATE TABLE treatments(treatment_id INTEGER PRIMARY KEY, name TEXT, category TEXT,"
            " list_price REAL, minutes INTEGER);"
            "CREATE TABLE appointments(appointment_id INTEGER PRIMARY KEY,"
            " patient_no INTEGER REFERENCES patients, dentist_id INTEGER REFERENCES dentists,"
            " treatment_id INTEGER REFERENCES treatments, booked_on DATE, starts_at TIMESTAMP,"
            " status TEXT, room INTEGER);"
            "CREATE TABLE invoices(invoice_no INTEGER PRIMARY KEY,"
            " appointment_id INTEGER REFERENCES appointments, issued_on DATE, amount REAL,"
            " discount REAL, paid_on DATE, payment_method TEXT);"
        )
        for i in range(1, 261):
            born = date(1940, 1, 1) + timedelta(days=chance.randrange(27_000))
            joined = date(2019, 1, 1) + timedelta(days=chance.randrange(2_000))
            insurer = chance.choice(("Vhi", "Laya", "Irish Life", None))
            row = (i, f"{_name(chance)} {i}", born, chance.choice("FM"), chance.choice(_TOWNS))
            connection.execute(
                "INSERT INTO patients VALUES (?,?,?,?,?,?,?)", (*row, joined, insurer)
            )
        for i in range(1, 9):
            skill = ("general", "general", "orthodontics", "oral surgery")[i % 4]
            hired = date(2012, 1, 1) + timedelta(days=chance.randrange(4_000))
            row = (i, f"Dr {_LAST.split()[i]}", skill, hired, i in {3, 6})
            connection.execute("INSERT INTO dentists VALUES (?,?,?,?,?)", row)
        for i, treatment in enumerate(_TREATMENTS, 1):
            connection.execute("INSERT INTO treatments VALUES (?,?,?,?,?)", (i, *treatment))
        number = 0
        for i in range(1, 3001):
            visit, status, treatment = _visit(chance, i)
            connection.execute("INSERT INTO appointments VALUES (?,?,?,?,?,?,?,?)", visit)
            if status != "attended":
                continue
            number += 1
            issued = date.fromisoformat(str(visit[5])[:10])
            price = _TREATMENTS[treatment - 1][2]
            discount = round(price * chance.choice((0, 0, 0, 0.1)), 2)
            waited = chance.randint(0, 70)
            paid = issued + timedelta(days=waited) if chance.random() < 0.93 else None
            method = chance.choice(("card", "cash", "bank transfer")) if paid else None
            row = (number, i, issued, price, discount, paid, method)
            connection.execute("INSERT INTO invoices VALUES (?,?,?,?,?,?,?)", row)


def _visit(chance: random.Random, number: int) -> tuple[tuple[object, ...], str, int]:
    start = datetime(2023, 1, 2, 8) + timedelta(  # noqa: DTZ001
        days=chance.randrange(900), minutes=15 * chance.randrange(36)
    )
    booked = start.date() - timedelta(days=chance.randint(1, 60))
    status = chance.choices(("attended", "missed", "cancelled"), (84, 7, 9))[0]
    treatment = chance.choices(range(1, 10), (30, 22, 18, 5, 4, 7, 2, 4, 3))[0]
    who = (chance.randint(1, 240), chance.randint(1, 8), treatment)
    return (
        (number, *who, booked, start.isoformat(" "), status, chance.randint(1, 4)),
        status,
        treatment,
    )


def broker(path: Path) -> None:
    """Write a stockbroker: advisers, clients, stocks, orders, daily prices."""
    chance = random.Random(_SEED + 1)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE advisers(adviser_id INTEGER PRIMARY KEY, name TEXT, office TEXT,"
            " team TEXT, started_on DATE);"
            "CREATE TABLE clients(client_id INTEGER PRIMARY KEY, name TEXT, kind TEXT,"
            " risk_profile TEXT, country TEXT, onboarded_on DATE, adviser_id INTEGER"
            " REFERENCES advisers, cash_balance REAL);"
            "CREATE TABLE stocks(ticker TEXT PRIMARY KEY, company TEXT, sector TEXT,"
            " currency TEXT);"
            "CREATE TABLE orders(order_id INTEGER PRIMARY KEY,"
            " client_id INTEGER REFERENCES clients, ticker TEXT REFERENCES stocks, side TEXT,"
            " order_type TEXT, shares INTEGER, price REAL, commission REAL, status TEXT,"
            " placed_at TIMESTAMP, filled_at TIMESTAMP);"
            "CREATE TABLE closing_prices(ticker TEXT REFERENCES stocks, day DATE, close REAL,"
            " volume INTEGER, PRIMARY KEY(ticker, day));"
        )
        for i in range(1, 13):
            team = ("retail", "wealth", "institutional")[i % 3]
            office = ("Oslo", "Dublin", "Zurich")[i % 3 - i // 7]
            began = date(2010, 1, 1) + timedelta(days=chance.randrange(5_000))
            row = (i, f"{_FIRST.split()[i]} {_LAST.split()[i - 1]}", office, team, began)
            connection.execute("INSERT INTO advisers VALUES (?,?,?,?,?)", row)
        for i in range(1, 221):
            began = date(2018, 1, 1) + timedelta(days=chance.randrange(2_600))
            kind = chance.choices(("private", "company", "fund"), (7, 2, 1))[0]
            profile = chance.choice(("cautious", "balanced", "aggressive"))
            country = chance.choice(("Norway", "Ireland", "Switzerland", "Germany"))
            cash = round(chance.uniform(-2_000, 90_000), 2)
            row = (i, f"{_name(chance)} {i}", kind, profile, country, began)
            row = (*row, chance.randint(1, 11), cash)
            connection.execute("INSERT INTO clients VALUES (?,?,?,?,?,?,?,?)", row)
        connection.executemany("INSERT INTO stocks VALUES (?,?,?,?)", _STOCKS)
        for i in range(1, 4001):
            row = _trade(chance, i)
            connection.execute("INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
        for ticker, *_ in _STOCKS:
            close = chance.uniform(8, 240)
            for at in range(250):
                close = max(1.0, close * chance.uniform(0.97, 1.032))
                row = (ticker, date(2025, 1, 1) + timedelta(days=at), round(close, 2))
                volume = chance.randrange(1_000, 90_000)
                connection.execute("INSERT INTO closing_prices VALUES (?,?,?,?)", (*row, volume))


def _trade(chance: random.Random, number: int) -> tuple[object, ...]:
    placed = datetime(2023, 6, 1, 8) + timedelta(minutes=chance.randrange(1_190_000))  # noqa: DTZ001
    status = chance.choices(("filled", "cancelled", "rejected", "open"), (85, 9, 4, 2))[0]
    filled = placed + timedelta(minutes=chance.randint(1, 600)) if status == "filled" else None
    shares, price = chance.randrange(5, 900, 5), round(chance.uniform(6, 300), 2)
    return (
        number,
        chance.randint(1, 205),
        _STOCKS[chance.randrange(11)][0],
        chance.choices(("buy", "sell"), (6, 4))[0],
        chance.choice(("market", "limit", "stop")),
        shares,
        price,
        round(4.9 + 0.001 * shares * price, 2),
        status,
        placed.isoformat(" "),
        filled.isoformat(" ") if filled is not None else None,
    )


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST.split())} {chance.choice(_LAST.split())}"


DESKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "dentist": (dentist, ".sqlite"),
    "broker": (broker, ".sqlite"),
}
"""What writes each database, and how its file ends."""

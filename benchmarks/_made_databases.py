"""Two small databases that no rule was written for: a lending library and a haulier."""

import random
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

_SEED = 20260
_FIRST = "Ada Ben Cleo Dan Eva Finn Gus Hana Ivo Jill Kai Lena Milo Nora Otto Pia".split()
_LAST = "Abbott Brandt Castro Duval Evans Fodor Grant Huber Imai Jensen Kelly Lund".split()
_CITIES = ("Leeds", "York", "Hull", "Bradford")


def library(path: Path) -> None:
    """Write a library: members, authors, books, loans from 2022 to 2024."""
    chance = random.Random(_SEED)
    countries = ("Norway", "Japan", "Peru", "Ireland")
    genres = ("crime", "poetry", "history", "romance", "travel")
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE members(member_id INTEGER PRIMARY KEY, name TEXT, birth_date DATE,"
            " joined_on DATE, city TEXT, membership TEXT);"
            "CREATE TABLE authors(author_id INTEGER PRIMARY KEY, name TEXT, country TEXT);"
            "CREATE TABLE books(book_id INTEGER PRIMARY KEY, title TEXT,"
            " author_id INTEGER REFERENCES authors, genre TEXT, pages INTEGER);"
            "CREATE TABLE loans(loan_id INTEGER PRIMARY KEY,"
            " member_id INTEGER REFERENCES members, book_id INTEGER REFERENCES books,"
            " borrowed_on DATE, due_on DATE, returned_on DATE, fine REAL);"
        )
        for i in range(1, 161):
            born = date(1935, 1, 1) + timedelta(days=chance.randrange(29_000))
            joined = date(2021, 1, 1) + timedelta(days=chance.randrange(1_300))
            row = (i, _name(chance), born, joined, chance.choice(_CITIES))
            connection.execute(
                "INSERT INTO members VALUES (?,?,?,?,?,?)",
                (*row, chance.choice(("basic", "student", "family"))),
            )
        for i in range(1, 31):
            row = (i, _name(chance) + f" {i}", chance.choice(countries))
            connection.execute("INSERT INTO authors VALUES (?,?,?)", row)
        for i in range(1, 201):
            row = (i, f"Book {i:03}", chance.randint(1, 30), chance.choice(genres))
            connection.execute(
                "INSERT INTO books VALUES (?,?,?,?,?)", (*row, chance.randint(80, 900))
            )
        for i in range(1, 1501):
            borrowed = date(2022, 1, 1) + timedelta(days=chance.randrange(1_060))
            due = borrowed + timedelta(days=21)
            back = borrowed + timedelta(days=chance.randint(2, 35))
            returned = back if chance.random() > 0.08 else None
            fine = 0.25 * (back - due).days if back > due and returned else 0.0
            row = (i, chance.randint(1, 150), chance.randint(1, 200), borrowed, due, returned, fine)
            connection.execute("INSERT INTO loans VALUES (?,?,?,?,?,?,?)", row)


def logistics(path: Path) -> None:
    """Write a haulier: drivers, vehicles, warehouses, shipments of 2023 and 2024."""
    chance = random.Random(_SEED + 1)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE drivers(driver_id INTEGER PRIMARY KEY, name TEXT, hired_on DATE,"
            " licence_class TEXT);"
            "CREATE TABLE vehicles(vehicle_id INTEGER PRIMARY KEY, plate TEXT, kind TEXT,"
            " capacity_kg INTEGER, bought_on DATE);"
            "CREATE TABLE warehouses(warehouse_id INTEGER PRIMARY KEY, name TEXT, city TEXT,"
            " area_m2 INTEGER);"
            "CREATE TABLE shipments(shipment_id INTEGER PRIMARY KEY,"
            " warehouse_id INTEGER REFERENCES warehouses, driver_id INTEGER REFERENCES drivers,"
            " vehicle_id INTEGER REFERENCES vehicles, destination_city TEXT, weight_kg REAL,"
            " status TEXT, dispatched_at TIMESTAMP, delivered_at TIMESTAMP, price REAL,"
            " is_damaged BOOLEAN);"
        )
        for i in range(1, 26):
            hired = date(2015, 1, 1) + timedelta(days=chance.randrange(3_400))
            row = (i, _name(chance) + f" {i}", hired, chance.choice(("C", "CE", "C1")))
            connection.execute("INSERT INTO drivers VALUES (?,?,?,?)", row)
        for i in range(1, 31):
            plate = "KX21ABC" if i == 7 else f"YK{i:02}XYZ"
            bought = date(2014, 1, 1) + timedelta(days=chance.randrange(3_600))
            kind = chance.choice(("van", "truck", "trailer"))
            row = (i, plate, kind, chance.randrange(800, 24_000, 100), bought)
            connection.execute("INSERT INTO vehicles VALUES (?,?,?,?,?)", row)
        for i, city in enumerate(_CITIES, 1):
            row = (i, f"{city} Depot", city, chance.randrange(900, 9_000, 50))
            connection.execute("INSERT INTO warehouses VALUES (?,?,?,?)", row)
        for i in range(1, 2001):
            connection.execute(
                "INSERT INTO shipments VALUES (?,?,?,?,?,?,?,?,?,?,?)", (i, *_shipment(chance))
            )


def _shipment(chance: random.Random) -> tuple[object, ...]:
    sent = datetime(2023, 1, 1) + timedelta(minutes=chance.randrange(1_040_000))  # noqa: DTZ001
    status = chance.choices(("delivered", "in transit", "cancelled"), (90, 6, 4))[0]
    came = sent + timedelta(hours=chance.randint(4, 90)) if status == "delivered" else None
    return (
        chance.randint(1, 4),
        chance.randint(1, 25),
        chance.randint(1, 30),
        chance.choice(("London", "Bristol", "Cardiff", "Glasgow")),
        round(chance.uniform(5, 1_500), 1),
        status,
        sent.isoformat(" "),
        came.isoformat(" ") if came is not None else None,
        round(chance.uniform(20, 900), 2),
        chance.random() < 0.05,
    )


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


MADE: dict[str, Callable[[Path], None]] = {"library": library, "logistics": logistics}

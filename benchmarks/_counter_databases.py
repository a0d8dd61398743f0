"""Two databases of one counter each that nobody has described: a warehouse and a theatre."""

import random
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

_SEED = 2_718
_GIVEN = "Anke Bram Cato Dirk Elke Femke Gijs Hanna Joost Katja Lars Maud Niels Olga".split()
_FAMILY = "Bakker Dekker Faber Geurts Hendriks Kuiper Mulder Prins Smit Visser".split()
_GOODS = ("pallet jack", "rain coat", "desk lamp", "steel shelf", "garden hose", "paint roller")
_PLAYS = (
    ("The Cherry Orchard", "drama", 165),
    ("Twelfth Night", "comedy", 150),
    ("Swan Lake", "ballet", 140),
    ("Carmen", "opera", 170),
    ("The Winter Ghost", "drama", 110),
    ("Pins and Needles", "musical", 130),
    ("Hello Harbour", "musical", 145),
    ("Two Left Feet", "comedy", 95),
)


def warehouse(path: Path) -> None:
    """Write a warehouse: sites, suppliers, products, stock, carriers, shipments and their lines."""
    chance = random.Random(_SEED)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE sites(site_id INTEGER PRIMARY KEY, name TEXT, country TEXT,"
            " floor_area_m2 INTEGER, opened_on DATE);"
            "CREATE TABLE suppliers(supplier_id INTEGER PRIMARY KEY, name TEXT, country TEXT,"
            " preferred BOOLEAN);"
            "CREATE TABLE products(sku TEXT PRIMARY KEY, name TEXT, category TEXT,"
            " unit_price REAL, weight_kg REAL, supplier_id INTEGER REFERENCES suppliers,"
            " discontinued_on DATE);"
            "CREATE TABLE stock(site_id INTEGER REFERENCES sites, sku TEXT REFERENCES products,"
            " quantity INTEGER, reorder_level INTEGER, PRIMARY KEY(site_id, sku));"
            "CREATE TABLE carriers(carrier_id INTEGER PRIMARY KEY, name TEXT, mode TEXT);"
            "CREATE TABLE shipments(shipment_id INTEGER PRIMARY KEY,"
            " site_id INTEGER REFERENCES sites, carrier_id INTEGER REFERENCES carriers,"
            " destination_city TEXT, ordered_on DATE, dispatched_on DATE, delivered_on DATE,"
            " promised_on DATE, freight_cost REAL, status TEXT);"
            "CREATE TABLE shipment_lines(line_id INTEGER PRIMARY KEY,"
            " shipment_id INTEGER REFERENCES shipments, sku TEXT REFERENCES products,"
            " quantity INTEGER, damaged INTEGER);"
        )
        for i, name in enumerate(("Breda", "Venlo", "Antwerp", "Duisburg"), 1):
            country = ("Netherlands", "Netherlands", "Belgium", "Germany")[i - 1]
            opened = date(2009 + 2 * i, 3, 1)
            row = (i, f"{name} depot", country, 4_000 + 1_500 * i, opened)
            connection.execute("INSERT INTO sites VALUES (?,?,?,?,?)", row)
        for i in range(1, 13):
            country = chance.choice(("Netherlands", "Germany", "Poland", "France"))
            row = (i, f"{_FAMILY[i % 10]} {('Trading', 'Works')[i // 10]}", country, i % 4 == 0)
            connection.execute("INSERT INTO suppliers VALUES (?,?,?,?)", row)
        skus = [f"SKU-{i:03d}" for i in range(1, 61)]
        for i, sku in enumerate(skus):
            category = ("tools", "clothing", "lighting", "furniture", "garden", "paint")[i % 6]
            ended = date(2024, 6, 1) + timedelta(days=9 * i) if i % 11 == 3 else None
            price, weight = round(chance.uniform(4, 400), 2), round(chance.uniform(0.2, 60), 1)
            row = (sku, f"{_GOODS[i % 6]} {i}", category, price, weight, i % 11 + 1, ended)
            connection.execute("INSERT INTO products VALUES (?,?,?,?,?,?,?)", row)
            for site in range(1, 5):
                if chance.random() < 0.8:
                    held = chance.choice((0, 3, 12, 40, 90, 200))
                    row = (site, sku, held, chance.choice((5, 10, 20)))
                    connection.execute("INSERT INTO stock VALUES (?,?,?,?)", row)
        for i, name in enumerate(("Northline", "Railpath", "Skyvan", "Bluewater", "Postbode"), 1):
            mode = ("road", "rail", "air", "sea", "road")[i - 1]
            connection.execute("INSERT INTO carriers VALUES (?,?,?)", (i, name, mode))
        line = 0
        for i in range(1, 2501):
            shipment = _shipment(chance, i)
            marks = ",".join("?" * len(shipment))
            connection.execute(f"INSERT INTO shipments VALUES ({marks})", shipment)
            for sku in chance.sample(skus[:57], chance.randint(1, 4)):
                line += 1
                count = chance.randint(1, 40)
                damaged = chance.randint(0, count) if chance.random() < 0.05 else 0
                row = (line, i, sku, count, damaged)
                connection.execute("INSERT INTO shipment_lines VALUES (?,?,?,?,?)", row)


def _shipment(chance: random.Random, number: int) -> tuple[object, ...]:
    ordered = date(2023, 1, 2) + timedelta(days=chance.randrange(1_000))
    status = chance.choices(("delivered", "cancelled", "in transit"), (90, 4, 6))[0]
    sent = ordered + timedelta(days=chance.randint(0, 6)) if status != "cancelled" else None
    done = sent + timedelta(days=chance.randint(1, 14)) if sent and status == "delivered" else None
    city = chance.choice(("Utrecht", "Ghent", "Cologne", "Lille", "Aachen"))
    cost = round(chance.uniform(20, 900), 2)
    promised = ordered + timedelta(days=10)
    who = (number, chance.randint(1, 4), chance.choices(range(1, 5), (5, 3, 2, 2))[0], city)
    return (*who, ordered, sent, done, promised, cost, status)


def theatre(path: Path) -> None:
    """Write a theatre: halls, plays, performances, patrons, tickets, donations."""
    chance = random.Random(_SEED + 1)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE halls(hall_id INTEGER PRIMARY KEY, name TEXT, seats INTEGER);"
            "CREATE TABLE plays(play_id INTEGER PRIMARY KEY, title TEXT, genre TEXT,"
            " running_minutes INTEGER, premiered_on DATE);"
            "CREATE TABLE performances(performance_id INTEGER PRIMARY KEY,"
            " play_id INTEGER REFERENCES plays, hall_id INTEGER REFERENCES halls,"
            " starts_at TIMESTAMP, sold_out BOOLEAN, cancelled BOOLEAN);"
            "CREATE TABLE patrons(patron_id INTEGER PRIMARY KEY, name TEXT, email TEXT,"
            " town TEXT, birth_date DATE, member_since DATE, newsletter BOOLEAN);"
            "CREATE TABLE tickets(ticket_id INTEGER PRIMARY KEY,"
            " performance_id INTEGER REFERENCES performances,"
            " patron_id INTEGER REFERENCES patrons, price REAL, category TEXT,"
            " bought_on DATE, refunded BOOLEAN);"
            "CREATE TABLE donations(donation_id INTEGER PRIMARY KEY,"
            " patron_id INTEGER REFERENCES patrons, amount REAL, given_on DATE, purpose TEXT);"
        )
        halls = ((1, "Main Hall", 480), (2, "Studio", 120), (3, "Cellar", 60))
        connection.executemany("INSERT INTO halls VALUES (?,?,?)", halls)
        for i, play in enumerate(_PLAYS, 1):
            opened = date(2022, 9, 1) + timedelta(days=60 * i)
            connection.execute("INSERT INTO plays VALUES (?,?,?,?,?)", (i, *play, opened))
        starts: list[datetime] = []
        for i in range(1, 301):
            start = datetime(2023, 9, 1, 19) + timedelta(days=chance.randrange(760))  # noqa: DTZ001
            starts.append(start)
            row = (i, chance.randint(1, 7), chance.randint(1, 3), start.isoformat(" "))
            row = (*row, chance.random() < 0.2, chance.random() < 0.04)
            connection.execute("INSERT INTO performances VALUES (?,?,?,?,?,?)", row)
        for i in range(1, 351):
            name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)} {i}"
            town = chance.choice(("Haarlem", "Leiden", "Delft", "Gouda", None))
            born = date(1940, 1, 1) + timedelta(days=chance.randrange(24_000))
            since = date(2018, 1, 1) + timedelta(days=chance.randrange(2_700))
            row = (i, name, f"p{i}@example.org", town, born)
            row = (*row, since if chance.random() < 0.4 else None, chance.random() < 0.5)
            connection.execute("INSERT INTO patrons VALUES (?,?,?,?,?,?,?)", row)
        for i in range(1, 5001):
            at = chance.randint(1, 295)
            bought = starts[at - 1].date() - timedelta(days=chance.randint(0, 90))
            kind, price = chance.choice((("stalls", 42.0), ("balcony", 29.5), ("box", 75.0)))
            row = (i, at, chance.randint(1, 330), price, kind, bought, chance.random() < 0.03)
            connection.execute("INSERT INTO tickets VALUES (?,?,?,?,?,?,?)", row)
        for i in range(1, 401):
            given = date(2023, 1, 1) + timedelta(days=chance.randrange(1_000))
            amount = float(chance.choice((10, 25, 50, 100, 500)))
            purpose = chance.choice(("building", "youth programme", "general"))
            row = (i, chance.randint(1, 300), amount, given, purpose)
            connection.execute("INSERT INTO donations VALUES (?,?,?,?,?)", row)


COUNTERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "warehouse": (warehouse, ".sqlite"),
    "theatre": (theatre, ".sqlite"),
}
"""What writes each database, and how its file ends."""

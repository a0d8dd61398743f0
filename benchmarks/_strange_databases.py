"""Three databases in other people's naming: a wholesaler, a lender's old system, a hospital.

They stand for what a stranger points the agent at: CamelCase with spaces in names and no declared
keys on one table, abbreviations and codes, and plain words. SQLite and DuckDB.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

_FIRST = "Ada Ben Cleo Dan Eva Finn Gus Hana Ivo Jill Kai Lena Milo Nora Otto Pia".split()
_LAST = "Abbott Brandt Castro Duval Evans Fodor Grant Huber Imai Jensen Kelly Lund".split()
_COUNTRIES = ("Germany", "France", "UK", "USA", "Brazil", "Mexico", "Spain", "Italy")


def _day(chance: random.Random, first: date, days: int) -> date:
    return first + timedelta(days=chance.randrange(days))


def shop(path: Path) -> None:
    """Write a wholesaler in CamelCase (SQLite): customers, products, orders and their lines."""
    chance = random.Random(41)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            'CREATE TABLE "Customers"("CustomerID" TEXT PRIMARY KEY, "CompanyName" TEXT,'
            ' "ContactName" TEXT, "City" TEXT, "Country" TEXT);'
            'CREATE TABLE "Employees"("EmployeeID" INTEGER PRIMARY KEY, "LastName" TEXT,'
            ' "FirstName" TEXT, "Title" TEXT, "HireDate" DATE);'
            'CREATE TABLE "Categories"("CategoryID" INTEGER PRIMARY KEY, "CategoryName" TEXT);'
            'CREATE TABLE "Suppliers"("SupplierID" INTEGER PRIMARY KEY, "CompanyName" TEXT,'
            ' "Country" TEXT);'
            'CREATE TABLE "Products"("ProductID" INTEGER PRIMARY KEY, "ProductName" TEXT,'
            ' "SupplierID" INTEGER REFERENCES "Suppliers", "CategoryID" INTEGER REFERENCES'
            ' "Categories", "UnitPrice" REAL, "UnitsInStock" INTEGER, "Discontinued" BOOLEAN);'
            'CREATE TABLE "Shippers"("ShipperID" INTEGER PRIMARY KEY, "CompanyName" TEXT);'
            'CREATE TABLE "Orders"("OrderID" INTEGER PRIMARY KEY, "CustomerID" TEXT REFERENCES'
            ' "Customers", "EmployeeID" INTEGER REFERENCES "Employees", "OrderDate" DATE,'
            ' "RequiredDate" DATE, "ShippedDate" DATE, "ShipVia" INTEGER REFERENCES "Shippers",'
            ' "Freight" REAL, "ShipCountry" TEXT);'
            'CREATE TABLE "Order Details"("OrderID" INTEGER REFERENCES "Orders", "ProductID"'
            ' INTEGER REFERENCES "Products", "UnitPrice" REAL, "Quantity" INTEGER, "Discount"'
            ' REAL, PRIMARY KEY("OrderID", "ProductID"));'
        )
        cities = dict(
            zip(
                _COUNTRIES,
                ("Berlin", "Lyon", "London", "Boise", "Recife", "Puebla", "Madrid", "Torino"),
                strict=True,
            )
        )
        put = connection.executemany
        customers: list[tuple[str, str]] = []
        rows: list[Sequence[object]] = []
        for i in range(80):
            name = f"{chance.choice(_LAST)} {chance.choice(('Foods', 'Market', 'Deli'))} {i}"
            country = chance.choice(_COUNTRIES)
            customers.append((f"C{i:04}", country))
            contact = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
            rows.append((f"C{i:04}", name, contact, cities[country], country))
        put('INSERT INTO "Customers" VALUES (?,?,?,?,?)', rows)
        titles = ("Sales Representative", "Sales Manager", "Vice President")
        put(
            'INSERT INTO "Employees" VALUES (?,?,?,?,?)',
            [
                (i + 1, _LAST[i], _FIRST[i], titles[(i % 4 == 1) + (i == 7)], hired)
                for i in range(9)
                for hired in (_day(chance, date(2015, 1, 1), 2500),)
            ],
        )
        categories = ("Beverages", "Condiments", "Dairy Products", "Seafood", "Produce")
        put('INSERT INTO "Categories" VALUES (?,?)', list(enumerate(categories, 1)))
        put(
            'INSERT INTO "Suppliers" VALUES (?,?,?)',
            [(i, f"Supplier {i:02}", chance.choice(_COUNTRIES)) for i in range(1, 13)],
        )
        put(
            'INSERT INTO "Products" VALUES (?,?,?,?,?,?,?)',
            [
                (
                    i,
                    f"{chance.choice(('Chai', 'Tofu', 'Cod', 'Brie', 'Mustard'))} {i:02}",
                    chance.randint(1, 12),
                    chance.randint(1, 5),
                    round(chance.uniform(2, 120), 2),
                    chance.choice((0, 5, 17, 40, 90)),
                    chance.random() < 0.15,
                )
                for i in range(1, 61)
            ],
        )
        put(
            'INSERT INTO "Shippers" VALUES (?,?)',
            [(1, "Speedy Express"), (2, "United Package"), (3, "Federal Shipping")],
        )
        orders: list[Sequence[object]] = []
        lines: list[Sequence[object]] = []
        for i in range(10248, 11048):
            customer, country = chance.choice(customers[:74])
            ordered = _day(chance, date(2022, 7, 1), 900)
            needed = ordered + timedelta(days=28)
            sent = ordered + timedelta(days=chance.randint(2, 40))
            orders.append(
                (
                    i,
                    customer,
                    chance.randint(1, 9),
                    ordered,
                    needed,
                    sent if chance.random() > 0.05 else None,
                    chance.randint(1, 3),
                    round(chance.uniform(1, 400), 2),
                    country,
                )
            )
            for product in chance.sample(range(1, 59), chance.randint(1, 4)):
                price = round(chance.uniform(2, 120), 2)
                cut = chance.choice((0, 0, 0.1, 0.25))
                lines.append((i, product, price, chance.randint(1, 60), cut))
        put('INSERT INTO "Orders" VALUES (?,?,?,?,?,?,?,?,?)', orders)
        put('INSERT INTO "Order Details" VALUES (?,?,?,?,?)', lines)


def lender(path: Path) -> None:
    """Write a lender's old system (DuckDB): prefixed tables, abbreviations, status codes."""
    chance = random.Random(42)
    connection = duckdb.connect(str(path))
    for statement in (
        (
            "CREATE TABLE tbl_borrower(brw_id INTEGER PRIMARY KEY, brw_nm VARCHAR, dob DATE,"
            " emp_status VARCHAR, annual_inc DOUBLE, st_cd VARCHAR, home_ownership VARCHAR)"
        ),
        (
            "CREATE TABLE tbl_loan(ln_id INTEGER PRIMARY KEY, brw_id INTEGER REFERENCES"
            " tbl_borrower(brw_id), purpose VARCHAR, grade VARCHAR, loan_amt DOUBLE,"
            " int_rate DOUBLE,"
            " term_mths INTEGER, issue_dt DATE, maturity_dt DATE, loan_status VARCHAR)"
        ),
        (
            "CREATE TABLE tbl_pymt(pymt_id INTEGER PRIMARY KEY, ln_id INTEGER REFERENCES"
            " tbl_loan(ln_id), due_dt DATE, pymt_dt DATE, pymt_amt DOUBLE, late_fee DOUBLE)"
        ),
        (
            "CREATE TABLE tbl_collateral(coll_id INTEGER PRIMARY KEY, ln_id INTEGER REFERENCES"
            " tbl_loan(ln_id), coll_type VARCHAR, appraised_val DOUBLE)"
        ),
    ):
        connection.execute(statement)
    statuses = ("Current", "Fully Paid", "Charged Off", "Late (31-120 days)", "Default")
    borrowers: list[Sequence[object]] = []
    for i in range(1, 301):
        income = round(chance.uniform(18_000, 190_000), 0) if chance.random() > 0.03 else None
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        work = chance.choice(("Employed", "Self-employed", "Unemployed", "Retired"))
        borrowers.append(
            (
                i,
                name,
                _day(chance, date(1940, 1, 1), 23_000),
                work,
                income,
                chance.choice(("CA", "TX", "NY", "OH", "FL")),
                chance.choice(("OWN", "RENT", "MORTGAGE")),
            )
        )
    connection.executemany("INSERT INTO tbl_borrower VALUES (?,?,?,?,?,?,?)", borrowers)
    loans: list[Sequence[object]] = []
    payments: list[Sequence[object]] = []
    things: list[Sequence[object]] = []
    purposes = ("debt_consolidation", "car", "home_improvement", "medical", "wedding")
    for i in range(1, 401):
        issued = _day(chance, date(2020, 1, 1), 1_600)
        term = chance.choice((36, 60))
        loans.append(
            (
                i,
                chance.randint(1, 280),
                chance.choice(purposes),
                chance.choice("ABCDE"),
                round(chance.uniform(1_000, 40_000), -2),
                round(chance.uniform(5, 26), 2),
                term,
                issued,
                issued + timedelta(days=term * 30),
                chance.choice(statuses),
            )
        )
        for n in range(chance.randint(1, 6)):
            due = issued + timedelta(days=30 * (n + 1))
            paid = due + timedelta(days=chance.randint(-5, 20)) if chance.random() > 0.06 else None
            fee = 15.0 if paid and paid > due + timedelta(days=10) else 0.0
            amount = round(chance.uniform(40, 1_100), 2)
            payments.append((len(payments) + 1, i, due, paid, amount if paid else None, fee))
        if chance.random() < 0.3:
            kind = chance.choice(("vehicle", "property", "deposit"))
            things.append((len(things) + 1, i, kind, round(chance.uniform(2e3, 3e5), 0)))
    connection.executemany("INSERT INTO tbl_loan VALUES (?,?,?,?,?,?,?,?,?,?)", loans)
    connection.executemany("INSERT INTO tbl_pymt VALUES (?,?,?,?,?,?)", payments)
    connection.executemany("INSERT INTO tbl_collateral VALUES (?,?,?,?)", things)
    connection.close()


def hospital(path: Path) -> None:
    """Write a hospital (DuckDB): patients, doctors, wards, admissions, tests, bills."""
    chance = random.Random(43)
    connection = duckdb.connect(str(path))
    for statement in (
        (
            "CREATE TABLE patient(id INTEGER PRIMARY KEY, full_name VARCHAR, gender VARCHAR,"
            " date_of_birth DATE, blood_group VARCHAR, city VARCHAR)"
        ),
        (
            "CREATE TABLE doctor(id INTEGER PRIMARY KEY, full_name VARCHAR, specialty VARCHAR,"
            " hired_on DATE)"
        ),
        "CREATE TABLE ward(id INTEGER PRIMARY KEY, name VARCHAR, beds INTEGER, floor INTEGER)",
        (
            "CREATE TABLE admission(id INTEGER PRIMARY KEY,"
            " patient_id INTEGER REFERENCES patient(id),"
            " doctor_id INTEGER REFERENCES doctor(id), ward_id INTEGER REFERENCES ward(id),"
            " admission_date TIMESTAMP, discharge_date TIMESTAMP, admission_type VARCHAR,"
            " diagnosis VARCHAR, outcome VARCHAR)"
        ),
        (
            "CREATE TABLE lab_test(id INTEGER PRIMARY KEY, admission_id INTEGER REFERENCES"
            " admission(id), test_name VARCHAR, result_value DOUBLE, unit VARCHAR,"
            " taken_at TIMESTAMP,"
            " is_abnormal BOOLEAN)"
        ),
        (
            "CREATE TABLE bill(id INTEGER PRIMARY KEY,"
            " admission_id INTEGER REFERENCES admission(id),"
            " total_amount DOUBLE, amount_paid DOUBLE, billed_on DATE, payment_status VARCHAR)"
        ),
    ):
        connection.execute(statement)
    people = [
        (
            i,
            f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
            chance.choice(("M", "F")),
            _day(chance, date(1930, 1, 1), 33_000),
            chance.choice(("A+", "O+", "B-", "AB+", None)),
            chance.choice(("Porto", "Braga", "Faro", "Evora")),
        )
        for i in range(1, 251)
    ]
    connection.executemany("INSERT INTO patient VALUES (?,?,?,?,?,?)", people)
    specialties = ("Cardiology", "Oncology", "Neurology", "Orthopedics", "General Medicine")
    doctors = [
        (
            i,
            f"Dr {_FIRST[i]} {_LAST[i % 12]}",
            specialties[i % 5],
            _day(chance, date(2000, 1, 1), 8000),
        )
        for i in range(15)
    ]
    connection.executemany("INSERT INTO doctor VALUES (?,?,?,?)", doctors)
    wards = ("Cardiac", "Surgical", "Maternity", "Pediatric", "Intensive Care", "Geriatric")
    connection.executemany(
        "INSERT INTO ward VALUES (?,?,?,?)",
        [(i, name, chance.randint(8, 40), i % 4 + 1) for i, name in enumerate(wards, 1)],
    )
    diagnoses = ("pneumonia", "hip fracture", "stroke", "appendicitis", "asthma", "heart failure")
    tests = (
        ("Glucose", "mg/dL", 70, 240),
        ("Hemoglobin", "g/dL", 7, 18),
        ("Sodium", "mmol/L", 125, 150),
    )
    stays: list[Sequence[object]] = []
    results: list[Sequence[object]] = []
    bills: list[Sequence[object]] = []
    for i in range(1, 901):
        came = datetime(2022, 1, 1) + timedelta(hours=chance.randrange(26_000))  # noqa: DTZ001
        left = came + timedelta(hours=chance.randint(6, 500)) if chance.random() > 0.03 else None
        outcome = chance.choice(("recovered", "recovered", "transferred", "died")) if left else None
        kind = chance.choice(("emergency", "elective", "urgent"))
        stays.append(
            (
                i,
                chance.randint(1, 240),
                chance.randrange(15),
                chance.randint(1, 5),
                came,
                left,
                kind,
                chance.choice(diagnoses),
                outcome,
            )
        )
        for _ in range(chance.randint(0, 3)):
            name, unit, low, high = chance.choice(tests)
            value = round(chance.uniform(low, high), 1)
            taken = came + timedelta(hours=chance.randint(1, 60))
            results.append((len(results) + 1, i, name, value, unit, taken, chance.random() < 0.3))
        if left:
            total = round(chance.uniform(200, 20_000), 2)
            state = chance.choice(("paid", "partial", "unpaid"))
            paid = {"paid": total, "partial": round(total * 0.4, 2), "unpaid": 0.0}[state]
            bills.append((len(bills) + 1, i, total, paid, left.date(), state))
    connection.executemany("INSERT INTO admission VALUES (?,?,?,?,?,?,?,?,?)", stays)
    connection.executemany("INSERT INTO lab_test VALUES (?,?,?,?,?,?,?)", results)
    connection.executemany("INSERT INTO bill VALUES (?,?,?,?,?,?)", bills)
    connection.close()


STRANGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "shop": (shop, ".sqlite"),
    "lender": (lender, ".duckdb"),
    "hospital": (hospital, ".duckdb"),
}
"""What writes each database, and how its file ends."""

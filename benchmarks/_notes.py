"""Generated clinical notes with everything in them known: findings and identifiers by place.

The sentences and the words for diseases, drugs and tests are this file's own choice, made before
looking at which of them the extraction knows; names, places and numbers are drawn.
"""

import random
from dataclasses import dataclass, field

FIRST = """Amara Liam Noor Sofia Kwame Ingrid Mateo Yuki Priya Oluwaseun Fatima Dmitri Rosa Chidi
Aoife Hiroshi Leila Tomas Grace Emeka Zainab Pavel Carmen Desmond Mei Ravi Astrid""".split()
LAST = """Okonkwo Lindqvist Haverford Tanaka Castellanos O'Brien Abernathy Petrov Nakamura
Delacroix Osei Vasquez-Reyes Murphy Chaudhry Eriksen Baptiste Kowalczyk McAllister Santos Whitfield
Adeyemi Fitzgerald Bjornson Marchetti""".split()
CITIES = "Springfield Worcester Lowell Quincy Plymouth Salem Brockton Medford".split()
STREETS = ("Maple Avenue", "Old Mill Road", "Harbor Street", "Chestnut Lane", "Union Court")
MONTHS = """January February March April May June July August September October November
December""".split()
DISEASES = {
    "I10": ("hypertension", "high blood pressure"),
    "E11.9": ("type 2 diabetes", "type 2 diabetes mellitus"),
    "E78.5": ("hyperlipidemia", "high cholesterol"),
    "I48.91": ("atrial fibrillation",),
    "J44.9": ("COPD", "chronic obstructive pulmonary disease"),
    "J45.909": ("asthma",),
    "J18.9": ("pneumonia",),
    "I50.9": ("heart failure", "congestive heart failure"),
    "N18.9": ("chronic kidney disease",),
    "N39.0": ("urinary tract infection",),
    "K21.9": ("GERD", "acid reflux"),
    "M10.9": ("gout",),
    "F32.A": ("depression",),
    "G43.909": ("migraine",),
    "R07.9": ("chest pain",),
    "R50.9": ("fever",),
    "I63.9": ("stroke",),
    "I26.99": ("pulmonary embolism",),
    "C61": ("prostate cancer",),
    "C50.919": ("breast cancer",),
    "E03.9": ("hypothyroidism",),
    "M54.50": ("low back pain",),
    "D64.9": ("anemia",),
    "U07.1": ("COVID-19",),
}
DRUGS = {
    "lisinopril": ("10 mg", "20 mg"),
    "metformin": ("500 mg", "1000 mg"),
    "atorvastatin": ("40 mg",),
    "metoprolol": ("25 mg", "50 mg"),
    "furosemide": ("40 mg",),
    "apixaban": ("5 mg",),
    "levothyroxine": ("75 mcg", "100 mcg"),
    "omeprazole": ("20 mg",),
    "sertraline": ("50 mg",),
    "prednisone": ("40 mg",),
    "gabapentin": ("300 mg",),
    "insulin glargine": ("18 units",),
}
TESTS = {
    "Hemoglobin A1c": ("HbA1c", "%", 5.0, 12.0),
    "Creatinine": ("creatinine", "mg/dL", 0.6, 4.0),
    "Potassium": ("potassium", "mmol/L", 3.0, 6.0),
    "Sodium": ("sodium", "mmol/L", 125.0, 148.0),
    "Hemoglobin": ("hemoglobin", "g/dL", 7.0, 16.0),
    "White blood cell count": ("WBC", "K/uL", 3.0, 20.0),
    "Glucose": ("glucose", "mg/dL", 60.0, 350.0),
    "B-type natriuretic peptide": ("BNP", "pg/mL", 20.0, 2000.0),
}
MEANT = {
    "present": (
        "The patient has {0}.",
        "Assessment: {0}, stable.",
        "Admitted with {0}.",
        "{0} is well controlled at present.",
        "Presents today for follow-up of {0}.",
        "New diagnosis of {0} this visit.",
    ),
    "negated": (
        "Denies {0}.",
        "There is no {0}.",
        "No evidence of {0} on examination.",
        "Workup negative for {0}.",
        "{0} was ruled out.",
        "Without {0} at this time.",
    ),
    "family": (
        "Mother had {0}.",
        "Her brother was treated for {0}.",
        "Family history is notable for {0}.",
        "Father died of {0} at 71.",
    ),
    "possible": ("Possible {0}.", "Concern for {0}.", "Suspected {0}, imaging ordered."),
    "historical": ("History of {0}.", "{0} resolved last year.", "Remote {0}, no treatment now."),
}
GIVEN = (
    "Continue {0} {1} daily.",
    "Started on {0} {1} twice daily.",
    "Home medications include {0} {1} PO daily.",
    "{0} {1} nightly was increased.",
    "Takes {0} {1} as needed.",
)
MEASURED = (
    "{0} {1} {2}.",
    "{0} was {1} {2} today.",
    "Labs show {0} of {1} {2}.",
    "Repeat {0}: {1} {2}.",
    "{0} came back at {1} {2}.",
)


@dataclass(slots=True)
class Note:
    """A text with its truth: findings (kind, code, value, status) and identifiers by place."""

    text: str = ""
    findings: list[tuple[str, str, str, str]] = field(default_factory=list)
    identifiers: list[tuple[str, int, int]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add text."""
        self.text += text

    def hide(self, kind: str, text: str) -> None:
        """Add an identifier."""
        self.identifiers.append((kind, len(self.text), len(self.text) + len(text)))
        self.text += text


def generate(seed: int, *, typos: float = 0.0) -> Note:
    """Return one note; `typos` is the share of names of findings with two letters exchanged."""
    draw = random.Random(seed)
    note = Note()
    first, last = draw.choice(FIRST), draw.choice(LAST)
    _head(note, draw, first, last)
    diseases = draw.sample(sorted(DISEASES), 5)
    for code in diseases:
        status = draw.choices(tuple(MEANT), (5, 3, 2, 1, 1))[0]
        word = _typed(draw.choice(DISEASES[code]), draw, typos)
        said = draw.choice(MEANT[status]).format(word)
        note.say(said[0].upper() + said[1:] + draw.choice((" ", "\n")))
        note.findings.append(("diagnosis", code, "", status))
    for name in draw.sample(sorted(DRUGS), 2):
        dose = draw.choice(DRUGS[name])
        said = draw.choice(GIVEN).format(_typed(name, draw, typos), dose)
        note.say(said[0].upper() + said[1:] + " ")
        note.findings.append(("drug", name, dose, "present"))
    for name in draw.sample(sorted(TESTS), 2):
        word, unit, low, high = TESTS[name]
        value = f"{draw.uniform(low, high):.1f}"
        said = draw.choice(MEASURED).format(_typed(word, draw, typos), value, unit)
        note.say(said[0].upper() + said[1:] + " ")
        note.findings.append(("laboratory", name, f"{value} {unit}", "present"))
    _foot(note, draw, first, last)
    return note


def _typed(word: str, draw: random.Random, typos: float) -> str:
    if typos == 0.0 or draw.random() >= typos or len(word) < 4:
        return word
    at = draw.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _date(draw: random.Random) -> str:
    year, month, day = draw.randint(1995, 2024), draw.randint(1, 12), draw.randint(1, 28)
    return draw.choice(
        (
            f"{month:02}/{day:02}/{year}",
            f"{year}-{month:02}-{day:02}",
            f"{MONTHS[month - 1]} {day}, {year}",
            f"{day} {MONTHS[month - 1]} {year}" if draw.random() < 0.5 else f"{month}/{day}/{year}",
            f"{MONTHS[month - 1][:3]} {day}, {year}",
        )
    )


def _head(note: Note, draw: random.Random, first: str, last: str) -> None:
    note.say(draw.choice(("Patient: ", "Patient Name: ", "Name: ")))
    note.hide("names", f"{first} {last}")
    note.say(draw.choice(("  MRN: ", "\nMedical record number ", "  MRN #")))
    note.hide("record_numbers", f"{draw.randrange(10**7, 10**8)}")
    note.say(draw.choice(("\nDOB: ", "  Date of birth: ")))
    note.hide(
        "dates", f"{draw.randint(1, 12):02}/{draw.randint(1, 28):02}/{draw.randint(1925, 2005)}"
    )
    note.say("\n")
    note.say(draw.choice(("Seen on ", "Date of visit: ", "Admitted ", "Visit of ")))
    note.hide("dates", _date(draw))
    note.say(draw.choice((" by Dr. ", ", attending Dr. ")))
    note.hide("names", f"{draw.choice(FIRST)} {draw.choice(LAST)}")
    note.say(".\n")
    if draw.random() < 0.5:
        note.say(draw.choice(("Address: ", "Lives at ")))
        note.hide("geography", f"{draw.randint(1, 999)} {draw.choice(STREETS)}")
        note.say(", ")
        note.hide("geography", draw.choice(CITIES))
        note.say(", MA ")
        note.hide("geography", f"0{draw.randint(1000, 2790)}")
        note.say(".\n")
    note.say(f"{draw.choice(('Mr', 'Ms', 'Mrs'))}. ")
    note.hide("names", last)
    note.say(" is a ")
    if draw.random() < 0.2:
        note.hide("ages", str(draw.randint(90, 101)))
    else:
        note.say(str(draw.randint(20, 89)))
    note.say("-year-old patient. ")


def _foot(note: Note, draw: random.Random, first: str, last: str) -> None:
    number = draw.randrange(1000, 9999)
    kinds = (
        ("phone", "Call back at ", f"({draw.randint(200, 989)}) 555-{number}"),
        ("phone", "Cell ", f"{draw.randint(200, 989)}-555-{number}"),
        ("fax", "Fax: ", f"{draw.randint(200, 989)}.555.{number}"),
        ("email", "E-mail ", f"{first.lower()}.{number}@example.org"),
        ("ssn", "SSN ", f"900-{draw.randint(10, 99)}-{number}"),
        ("plan_numbers", "Member ID: ", f"HX{number}77"),
        ("account_numbers", "Account number ", f"44-{number}"),
        ("licences", "Driver's license ", f"S{number}4421"),
        ("vehicles", "Came by car, license plate ", f"{number}KD"),
        ("devices", "Pacemaker serial number ", f"PM{number}-A"),
        ("urls", "Portal: ", f"https://portal.example.org/p/{number}"),
        ("ip_addresses", "Signed in from ", f"10.4.{number % 250}.{number % 199}"),
        ("biometrics", "Fingerprint ID ", f"FP-{number}"),
        ("photos", "Wound photo ", f"wound_{number}.jpg"),
        ("other_codes", "Accession number ", f"A-{number}0"),
    )
    note.say("\n")
    for kind, words, value in draw.sample(kinds, 6):
        note.say(words)
        note.hide(kind, value)
        note.say(draw.choice((". ", "\n", "; ")))
    note.say("\nDiscussed with ")
    note.hide("names", first if draw.random() < 0.4 else last)
    note.say(draw.choice((", who agrees with the plan.\n", ".\n")))
    note.say("Signed by ")
    note.hide("names", f"{draw.choice(FIRST)} {draw.choice(LAST)}")
    note.say(", MD, ")
    note.hide("dates", _date(draw))
    note.say("\n")

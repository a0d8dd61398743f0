"""What the synthetic hospital can record: ICD-10-CM codes, drugs, tests, procedures.

ICD-10-CM codes and their descriptions are public domain (National Center for Health Statistics and
Centers for Medicare & Medicaid Services). Drug names are generic. Codes of tests and procedures
are our own. Frequencies, doses and effects are invented for plausible data, not clinical truth.
"""

from dataclasses import dataclass

CONDITIONS: tuple[tuple[str, str, str, float, str], ...] = (
    ("I10", "Essential (primary) hypertension", "circulatory", 13.0, "senior"),
    ("E78.5", "Hyperlipidemia, unspecified", "endocrine", 9.5, "senior"),
    ("E11.9", "Type 2 diabetes mellitus without complications", "endocrine", 6.5, "senior"),
    ("E11.65", "Type 2 diabetes mellitus with hyperglycemia", "endocrine", 2.2, "senior"),
    (
        "E11.22",
        "Type 2 diabetes mellitus with diabetic chronic kidney disease",
        "endocrine",
        1.4,
        "senior",
    ),
    ("E66.9", "Obesity, unspecified", "endocrine", 4.2, "any"),
    ("E03.9", "Hypothyroidism, unspecified", "endocrine", 2.6, "senior"),
    ("E86.0", "Dehydration", "endocrine", 1.6, "any"),
    ("E87.6", "Hypokalemia", "endocrine", 1.2, "senior"),
    ("E87.1", "Hypo-osmolality and hyponatremia", "endocrine", 1.1, "senior"),
    (
        "I25.10",
        "Atherosclerotic heart disease of native coronary artery without angina pectoris",
        "circulatory",
        3.8,
        "senior",
    ),
    ("I48.91", "Unspecified atrial fibrillation", "circulatory", 2.9, "senior"),
    ("I50.9", "Heart failure, unspecified", "circulatory", 2.6, "senior"),
    ("I50.22", "Chronic systolic (congestive) heart failure", "circulatory", 1.2, "senior"),
    (
        "I21.4",
        "Non-ST elevation (NSTEMI) myocardial infarction",
        "circulatory",
        0.9,
        "senior",
    ),
    ("I63.9", "Cerebral infarction, unspecified", "circulatory", 0.9, "senior"),
    (
        "I26.99",
        "Other pulmonary embolism without acute cor pulmonale",
        "circulatory",
        0.4,
        "senior",
    ),
    ("J18.9", "Pneumonia, unspecified organism", "respiratory", 2.2, "winter"),
    ("J44.9", "Chronic obstructive pulmonary disease, unspecified", "respiratory", 2.4, "senior"),
    (
        "J44.1",
        "Chronic obstructive pulmonary disease with (acute) exacerbation",
        "respiratory",
        1.1,
        "winter",
    ),
    ("J45.909", "Unspecified asthma, uncomplicated", "respiratory", 2.8, "young"),
    ("J45.901", "Unspecified asthma with (acute) exacerbation", "respiratory", 0.9, "young"),
    ("J06.9", "Acute upper respiratory infection, unspecified", "respiratory", 4.4, "winter"),
    ("J20.9", "Acute bronchitis, unspecified", "respiratory", 2.0, "winter"),
    (
        "J10.1",
        "Influenza due to other identified influenza virus with other respiratory manifestations",
        "respiratory",
        1.5,
        "winter",
    ),
    ("U07.1", "COVID-19", "infectious", 1.8, "winter"),
    ("A41.9", "Sepsis, unspecified organism", "infectious", 1.3, "senior"),
    ("A09", "Infectious gastroenteritis and colitis, unspecified", "infectious", 1.1, "any"),
    ("N39.0", "Urinary tract infection, site not specified", "genitourinary", 2.8, "female"),
    ("N18.30", "Chronic kidney disease, stage 3 unspecified", "genitourinary", 2.2, "senior"),
    ("N17.9", "Acute kidney failure, unspecified", "genitourinary", 1.5, "senior"),
    ("N20.0", "Calculus of kidney", "genitourinary", 1.0, "any"),
    (
        "N40.0",
        "Benign prostatic hyperplasia without lower urinary tract symptoms",
        "genitourinary",
        1.4,
        "senior_male",
    ),
    ("K21.9", "Gastro-esophageal reflux disease without esophagitis", "digestive", 3.6, "any"),
    (
        "K80.20",
        "Calculus of gallbladder without cholecystitis without obstruction",
        "digestive",
        0.8,
        "female",
    ),
    ("K35.80", "Unspecified acute appendicitis", "digestive", 0.6, "young"),
    ("K59.00", "Constipation, unspecified", "digestive", 1.3, "any"),
    ("L03.90", "Cellulitis, unspecified", "skin", 0.9, "any"),
    ("M54.50", "Low back pain, unspecified", "musculoskeletal", 4.0, "any"),
    (
        "M17.11",
        "Unilateral primary osteoarthritis, right knee",
        "musculoskeletal",
        1.8,
        "senior",
    ),
    ("M10.9", "Gout, unspecified", "musculoskeletal", 0.9, "senior_male"),
    (
        "M81.0",
        "Age-related osteoporosis without current pathological fracture",
        "musculoskeletal",
        1.0,
        "female",
    ),
    ("F32.A", "Depression, unspecified", "mental", 2.9, "any"),
    ("F41.1", "Generalized anxiety disorder", "mental", 2.6, "young"),
    ("F10.20", "Alcohol dependence, uncomplicated", "mental", 0.8, "any"),
    ("F17.210", "Nicotine dependence, cigarettes, uncomplicated", "mental", 1.7, "any"),
    (
        "G43.909",
        "Migraine, unspecified, not intractable, without status migrainosus",
        "nervous",
        1.4,
        "young",
    ),
    ("G47.33", "Obstructive sleep apnea (adult) (pediatric)", "nervous", 1.6, "any"),
    ("R07.9", "Chest pain, unspecified", "symptoms", 2.1, "any"),
    ("R10.9", "Unspecified abdominal pain", "symptoms", 1.9, "any"),
    ("R51.9", "Headache, unspecified", "symptoms", 1.3, "young"),
    ("R55", "Syncope and collapse", "symptoms", 0.8, "senior"),
    (
        "S93.401A",
        "Sprain of unspecified ligament of right ankle, initial encounter",
        "injury",
        0.9,
        "young",
    ),
    (
        "S52.501A",
        (
            "Unspecified fracture of the lower end of right radius, initial encounter for closed "
            "fracture"
        ),
        "injury",
        0.6,
        "any",
    ),
    (
        "C50.911",
        "Malignant neoplasm of unspecified site of right female breast",
        "neoplasm",
        0.5,
        "female",
    ),
    ("C61", "Malignant neoplasm of prostate", "neoplasm", 0.5, "senior_male"),
    ("C18.9", "Malignant neoplasm of colon, unspecified", "neoplasm", 0.3, "senior"),
    ("D64.9", "Anemia, unspecified", "blood", 1.9, "any"),
    ("D50.9", "Iron deficiency anemia, unspecified", "blood", 1.1, "female"),
    ("O80", "Encounter for full-term uncomplicated delivery", "pregnancy", 0.9, "childbearing"),
    (
        "Z00.00",
        "Encounter for general adult medical examination without abnormal findings",
        "health_status",
        4.6,
        "any",
    ),
    ("Z23", "Encounter for immunization", "health_status", 2.4, "any"),
)
"""ICD-10-CM code, description, chapter in short, weight, and whom or when it meets most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A generic drug, its class, usual doses in milligrams, route, and codes it is given for."""

    name: str
    family: str
    doses: tuple[float, ...]
    route: str = "oral"
    codes: tuple[str, ...] = ()
    weight: float = 1.0


DRUGS = (
    Drug(name="lisinopril", family="ACE inhibitor", doses=(5, 10, 20, 40), codes=("I10", "I50")),
    Drug(name="amlodipine", family="calcium channel blocker", doses=(2.5, 5, 10), codes=("I10",)),
    Drug(
        name="losartan",
        family="angiotensin receptor blocker",
        doses=(25, 50, 100),
        codes=("I10", "N18"),
    ),
    Drug(
        name="metoprolol",
        family="beta blocker",
        doses=(25, 50, 100),
        codes=("I10", "I25", "I48", "I50"),
    ),
    Drug(name="furosemide", family="diuretic", doses=(20, 40, 80), codes=("I50", "N17")),
    Drug(name="hydrochlorothiazide", family="diuretic", doses=(12.5, 25), codes=("I10",)),
    Drug(
        name="atorvastatin",
        family="statin",
        doses=(10, 20, 40, 80),
        codes=("E78", "I25", "I21", "I63"),
    ),
    Drug(name="rosuvastatin", family="statin", doses=(5, 10, 20), codes=("E78",), weight=0.5),
    Drug(name="metformin", family="biguanide", doses=(500, 850, 1000), codes=("E11",), weight=2.0),
    Drug(name="insulin glargine", family="insulin", doses=(), route="subcutaneous", codes=("E11",)),
    Drug(
        name="empagliflozin",
        family="SGLT2 inhibitor",
        doses=(10, 25),
        codes=("E11", "I50"),
        weight=0.6,
    ),
    Drug(name="levothyroxine", family="thyroid hormone", doses=(0.025, 0.05, 0.1), codes=("E03",)),
    Drug(name="apixaban", family="anticoagulant", doses=(2.5, 5), codes=("I48", "I26")),
    Drug(
        name="warfarin", family="anticoagulant", doses=(2, 5, 7.5), codes=("I48", "I26"), weight=0.4
    ),
    Drug(name="aspirin", family="antiplatelet", doses=(81, 325), codes=("I25", "I21", "I63")),
    Drug(
        name="albuterol",
        family="bronchodilator",
        doses=(),
        route="inhaled",
        codes=("J44", "J45", "J20"),
    ),
    Drug(
        name="prednisone",
        family="corticosteroid",
        doses=(5, 10, 20, 40),
        codes=("J44", "J45", "M10"),
    ),
    Drug(name="azithromycin", family="antibiotic", doses=(250, 500), codes=("J18", "J20")),
    Drug(
        name="ceftriaxone",
        family="antibiotic",
        doses=(1000, 2000),
        route="intravenous",
        codes=("J18", "A41", "N39"),
    ),
    Drug(name="amoxicillin", family="antibiotic", doses=(250, 500, 875), codes=("J06", "J20")),
    Drug(name="nitrofurantoin", family="antibiotic", doses=(50, 100), codes=("N39",)),
    Drug(
        name="vancomycin",
        family="antibiotic",
        doses=(750, 1000, 1250),
        route="intravenous",
        codes=("A41", "L03"),
    ),
    Drug(name="omeprazole", family="proton pump inhibitor", doses=(20, 40), codes=("K21",)),
    Drug(name="sertraline", family="antidepressant", doses=(25, 50, 100), codes=("F32", "F41")),
    Drug(
        name="escitalopram",
        family="antidepressant",
        doses=(5, 10, 20),
        codes=("F32", "F41"),
        weight=0.7,
    ),
    Drug(name="sumatriptan", family="triptan", doses=(25, 50, 100), codes=("G43",)),
    Drug(name="allopurinol", family="xanthine oxidase inhibitor", doses=(100, 300), codes=("M10",)),
    Drug(name="alendronate", family="bisphosphonate", doses=(35, 70), codes=("M81",)),
    Drug(name="tamsulosin", family="alpha blocker", doses=(0.4,), codes=("N40",)),
    Drug(name="ferrous sulfate", family="iron supplement", doses=(325,), codes=("D50", "D64")),
    Drug(name="ibuprofen", family="NSAID", doses=(200, 400, 600), codes=("M54", "M17", "S", "R51")),
    Drug(name="acetaminophen", family="analgesic", doses=(325, 500, 650), weight=0.05),
    Drug(name="oxycodone", family="opioid", doses=(5, 10), codes=("S52", "M54"), weight=0.3),
    Drug(
        name="morphine",
        family="opioid",
        doses=(2, 4),
        route="intravenous",
        codes=("S52", "I21"),
        weight=0.4,
    ),
    Drug(name="ondansetron", family="antiemetic", doses=(4, 8), codes=("A09", "R10", "G43")),
)
"""Drugs are drawn for the primary diagnosis; one without codes may go with any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A laboratory test: the reference range is where 95 % of the healthy lie."""

    code: str
    name: str
    unit: str
    low: float | None
    high: float | None
    weight: float
    decimals: int = 1
    raised_by: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()


TESTS = (
    Test(
        code="GLU",
        name="Glucose",
        unit="mg/dL",
        low=70,
        high=99,
        weight=10,
        decimals=0,
        raised_by=("E11",),
    ),
    Test(
        code="A1C", name="Hemoglobin A1c", unit="%", low=4.0, high=5.6, weight=5, raised_by=("E11",)
    ),
    Test(
        code="CREA",
        name="Creatinine",
        unit="mg/dL",
        low=0.6,
        high=1.3,
        weight=9,
        decimals=2,
        raised_by=("N18", "N17", "E11.22"),
    ),
    Test(
        code="BUN",
        name="Blood urea nitrogen",
        unit="mg/dL",
        low=7,
        high=20,
        weight=7,
        decimals=0,
        raised_by=("N18", "N17", "E86"),
    ),
    Test(
        code="EGFR",
        name="Estimated glomerular filtration rate",
        unit="mL/min/1.73m2",
        low=60,
        high=None,
        weight=6,
        decimals=0,
        lowered_by=("N18", "N17", "E11.22"),
    ),
    Test(
        code="NA",
        name="Sodium",
        unit="mmol/L",
        low=135,
        high=145,
        weight=8,
        decimals=0,
        lowered_by=("E87.1",),
    ),
    Test(
        code="K",
        name="Potassium",
        unit="mmol/L",
        low=3.5,
        high=5.1,
        weight=8,
        raised_by=("N17",),
        lowered_by=("E87.6",),
    ),
    Test(
        code="HGB",
        name="Hemoglobin",
        unit="g/dL",
        low=12.0,
        high=16.5,
        weight=9,
        lowered_by=("D50", "D64"),
    ),
    Test(
        code="WBC",
        name="White blood cell count",
        unit="10^9/L",
        low=4.0,
        high=11.0,
        weight=9,
        raised_by=("J18", "A41", "N39", "K35", "L03"),
    ),
    Test(
        code="PLT",
        name="Platelet count",
        unit="10^9/L",
        low=150,
        high=400,
        weight=8,
        decimals=0,
        lowered_by=("A41",),
    ),
    Test(
        code="LDL",
        name="LDL cholesterol",
        unit="mg/dL",
        low=None,
        high=130,
        weight=5,
        decimals=0,
        raised_by=("E78", "I25"),
    ),
    Test(
        code="HDL",
        name="HDL cholesterol",
        unit="mg/dL",
        low=40,
        high=None,
        weight=4,
        decimals=0,
        lowered_by=("E11", "E66"),
    ),
    Test(
        code="TSH",
        name="Thyroid stimulating hormone",
        unit="mIU/L",
        low=0.4,
        high=4.0,
        weight=3,
        decimals=2,
        raised_by=("E03",),
    ),
    Test(
        code="ALT",
        name="Alanine aminotransferase",
        unit="U/L",
        low=7,
        high=56,
        weight=5,
        decimals=0,
        raised_by=("K80", "F10"),
    ),
    Test(
        code="TROP",
        name="Troponin I",
        unit="ng/mL",
        low=None,
        high=0.04,
        weight=2,
        decimals=3,
        raised_by=("I21",),
    ),
    Test(
        code="BNP",
        name="B-type natriuretic peptide",
        unit="pg/mL",
        low=None,
        high=100,
        weight=2,
        decimals=0,
        raised_by=("I50",),
    ),
    Test(
        code="CRP",
        name="C-reactive protein",
        unit="mg/L",
        low=None,
        high=10,
        weight=3,
        raised_by=("J18", "A41", "L03", "K35", "U07"),
    ),
    Test(
        code="LAC", name="Lactate", unit="mmol/L", low=0.5, high=2.2, weight=2, raised_by=("A41",)
    ),
)

PROCEDURES = (
    ("ECG", "Electrocardiogram", "cardiology", 180.0, 14.0, ("I", "R07", "R55")),
    ("ECHO", "Echocardiogram", "cardiology", 1250.0, 45.0, ("I",)),
    ("CATH", "Cardiac catheterization", "cardiology", 9800.0, 75.0, ("I21", "I25")),
    ("CXR", "Chest X-ray", "imaging", 240.0, 12.0, ("J", "R07", "I50", "A41")),
    ("CTHEAD", "CT scan of head", "imaging", 1450.0, 20.0, ("I63", "R51", "R55", "G43")),
    ("CTABD", "CT scan of abdomen", "imaging", 1700.0, 25.0, ("R10", "K", "N20")),
    ("MRI", "MRI of spine", "imaging", 2300.0, 40.0, ("M54",)),
    ("XRAY", "X-ray of limb", "imaging", 190.0, 10.0, ("S", "M17")),
    ("COLO", "Colonoscopy", "endoscopy", 2900.0, 35.0, ("K", "C18", "D50")),
    ("EGD", "Upper endoscopy", "endoscopy", 2400.0, 25.0, ("K21", "D50")),
    ("APPY", "Laparoscopic appendectomy", "surgery", 14500.0, 60.0, ("K35",)),
    ("CHOLE", "Laparoscopic cholecystectomy", "surgery", 15800.0, 80.0, ("K80",)),
    ("TKR", "Total knee replacement", "surgery", 31500.0, 110.0, ("M17",)),
    ("DIAL", "Hemodialysis", "nephrology", 780.0, 230.0, ("N18", "N17")),
    ("VAX", "Immunization", "preventive", 65.0, 5.0, ("Z",)),
    ("SPIRO", "Spirometry", "pulmonology", 210.0, 20.0, ("J44", "J45")),
    ("DELIV", "Vaginal delivery", "obstetrics", 8900.0, 300.0, ("O80",)),
    ("IV", "Intravenous infusion", "general", 420.0, 60.0, ("A", "E8", "J", "N", "G")),
)
"""Own code, name, category, median cost in dollars, median minutes, codes it is done for."""


def fits(code: str, prefixes: tuple[str, ...]) -> bool:
    """Whether an ICD-10-CM code falls under one of the prefixes; no prefixes fit any code."""
    return not prefixes or code.startswith(prefixes)

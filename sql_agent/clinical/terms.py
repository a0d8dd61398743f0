"""What can be extracted: words for diagnoses with their ICD-10-CM codes, drugs, laboratory tests.

A diagnosis is only ever a code that exists: every code is looked up in the list that comes with
`simple-icd-10-cm` (ICD-10-CM of April 2026, public domain), and must be one that is not divided
further. SNOMED CT needs a licence and is not here.
"""

import functools
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from assistants.errors import InputError
from sql_agent.medical.clinic import CONDITIONS, DRUGS, TESTS

_LIST = "data/code-list-April-2026.txt"
_WORDS = {
    "I10": "hypertension|high blood pressure|essential hypertension|HTN",
    "E78.5": "hyperlipidemia|hyperlipidaemia|high cholesterol|dyslipidemia|HLD",
    "E11.9": "type 2 diabetes|type 2 diabetes mellitus|T2DM|type II diabetes",
    "E11.65": "type 2 diabetes with hyperglycemia|uncontrolled type 2 diabetes",
    "E11.22": "diabetic kidney disease|diabetic nephropathy",
    "E10.9": "type 1 diabetes|type 1 diabetes mellitus",
    "E66.9": "obesity",
    "E03.9": "hypothyroidism",
    "E05.90": "hyperthyroidism",
    "E86.0": "dehydration",
    "E87.6": "hypokalemia",
    "E87.1": "hyponatremia",
    "E87.5": "hyperkalemia",
    "I25.10": "coronary artery disease|CAD|coronary heart disease",
    "I48.91": "atrial fibrillation|afib|AF",
    "I50.9": "heart failure|congestive heart failure|CHF",
    "I50.22": "chronic systolic heart failure",
    "I21.4": "NSTEMI|non-ST elevation myocardial infarction",
    "I21.9": "myocardial infarction|heart attack",
    "I63.9": "stroke|cerebral infarction|ischemic stroke",
    "I26.99": "pulmonary embolism",
    "I82.409": "deep vein thrombosis|DVT",
    "J18.9": "pneumonia|community-acquired pneumonia",
    "J44.9": "chronic obstructive pulmonary disease|COPD",
    "J44.1": "COPD exacerbation|acute exacerbation of COPD",
    "J45.909": "asthma",
    "J45.901": "asthma exacerbation|acute asthma",
    "J06.9": "upper respiratory infection|common cold|URI",
    "J20.9": "acute bronchitis",
    "J10.1": "influenza|flu",
    "U07.1": "COVID-19|covid",
    "A41.9": "sepsis",
    "N39.0": "urinary tract infection|UTI",
    "N18.30": "chronic kidney disease stage 3|CKD stage 3",
    "N18.9": "chronic kidney disease|CKD",
    "N17.9": "acute kidney injury|acute kidney failure|AKI",
    "N20.0": "kidney stone|kidney stones|nephrolithiasis",
    "K21.9": "gastroesophageal reflux disease|GERD|acid reflux",
    "K35.80": "acute appendicitis|appendicitis",
    "K80.20": "gallstones|cholelithiasis",
    "K92.2": "gastrointestinal bleeding|GI bleed",
    "M54.50": "low back pain",
    "M10.9": "gout",
    "M81.0": "osteoporosis",
    "M06.9": "rheumatoid arthritis",
    "F32.A": "depression",
    "F41.1": "generalized anxiety disorder",
    "F41.9": "anxiety",
    "G43.909": "migraine|migraines",
    "G47.33": "obstructive sleep apnea|sleep apnea",
    "G40.909": "epilepsy",
    "R07.9": "chest pain",
    "R06.02": "shortness of breath|dyspnea",
    "R50.9": "fever",
    "R05.9": "cough",
    "R11.2": "nausea and vomiting",
    "D64.9": "anemia|anaemia",
    "D50.9": "iron deficiency anemia",
    "C50.911": "cancer of the right breast",
    "C50.919": "breast cancer",
    "C61": "prostate cancer",
    "C18.9": "colon cancer",
    "C34.90": "lung cancer",
}
_MORE_DRUGS = """simvastatin pravastatin clopidogrel enoxaparin heparin rivaroxaban digoxin
diltiazem carvedilol atenolol spironolactone torsemide hydralazine valsartan gabapentin pregabalin
duloxetine fluoxetine citalopram bupropion trazodone lorazepam alprazolam zolpidem pantoprazole
famotidine montelukast fluticasone tiotropium doxycycline ciprofloxacin levofloxacin cephalexin
piperacillin meropenem fluconazole acyclovir naproxen celecoxib tramadol hydrocodone fentanyl
methotrexate hydroxychloroquine glipizide sitagliptin semaglutide liraglutide"""
_TEST_WORDS = {
    "Hemoglobin A1c": "HbA1c|A1c|hemoglobin A1c",
    "Creatinine": "Cr|serum creatinine",
    "Blood urea nitrogen": "BUN",
    "Estimated glomerular filtration rate": "eGFR",
    "Sodium": "Na",
    "Potassium": "K",
    "Hemoglobin": "Hgb|Hb",
    "White blood cell count": "WBC|white count",
    "Platelet count": "platelets|PLT",
    "LDL cholesterol": "LDL",
    "HDL cholesterol": "HDL",
    "Thyroid stimulating hormone": "TSH",
    "Alanine aminotransferase": "ALT",
    "Troponin I": "troponin",
    "B-type natriuretic peptide": "BNP",
    "C-reactive protein": "CRP",
    "Glucose": "blood glucose|blood sugar",
    "Lactate": "lactic acid",
}
_CASED = frozenset(("K", "Na", "Cr", "Hb", "AF", "CAD", "HLD", "URI", "ALT", "Hgb", "HTN"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms by what they stand for, and the one pattern that finds them."""

    meaning: dict[str, str]
    pattern: re.Pattern[str]

    def of(self, text: str) -> str:
        """Return what a found term stands for."""
        return self.meaning[text] if text in _CASED else self.meaning[_key(text)]


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _lexicon(terms: dict[str, str]) -> Lexicon:
    """Return the lexicon of terms; longer terms win, short abbreviations keep their case."""
    ordered = sorted(terms, key=len, reverse=True)
    parts = [
        re.escape(term)
        if term in _CASED
        else f"(?i:{re.escape(term).replace(chr(92) + ' ', r's+')})"
        for term in ordered
    ]
    spaced = [part.replace("s+", r"\s+") for part in parts]
    meaning = {term if term in _CASED else _key(term): what for term, what in terms.items()}
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(spaced)})(?![\w])")
    return Lexicon(meaning=meaning, pattern=pattern)


@functools.cache
def diagnoses() -> Lexicon:
    """Return words for diagnoses with their codes; only codes that exist."""
    codes = icd_codes()
    terms = {description: code for code, description, *_ in CONDITIONS}
    for code, words in _WORDS.items():
        terms.update(dict.fromkeys(words.split("|"), code))
    return _lexicon({term: code for term, code in terms.items() if code in codes})


@functools.cache
def drugs() -> Lexicon:
    """Return generic names of drugs."""
    names = [*(drug.name for drug in DRUGS), *_MORE_DRUGS.split()]
    return _lexicon({name: name for name in names})


@functools.cache
def tests() -> Lexicon:
    """Return names of laboratory tests and what they stand for."""
    terms = {test.name: test.name for test in TESTS}
    for name, words in _TEST_WORDS.items():
        terms.update(dict.fromkeys(words.split("|"), name))
    return _lexicon(terms)


@functools.cache
def icd_codes() -> frozenset[str]:
    """Return the ICD-10-CM codes that are not divided further, with their dots.

    Raises:
        InputError: the list is not installed.
    """
    lines = icd_file(_LIST).read_text(encoding="utf-8").split()
    codes = sorted(line for line in lines if re.fullmatch(r"[A-Z]\d[0-9A-Z]{1,5}", line))
    leaves = [
        code
        for code, following in zip(codes, [*codes[1:], ""], strict=True)
        if not following.startswith(code)
    ]
    return frozenset(code if len(code) == 3 else f"{code[:3]}.{code[3:]}" for code in leaves)


def icd_file(name: str) -> Path:
    """Return a file of the installed list of ICD-10-CM; raises `InputError` where there is none."""
    found = importlib.util.find_spec("simple_icd_10_cm")
    if found is None or found.origin is None:
        raise InputError(
            "the ICD-10-CM codes are not installed", hint="pip install 'plumb[clinical]'"
        )
    return Path(found.origin).parent / name

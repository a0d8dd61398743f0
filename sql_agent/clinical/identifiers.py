# ruff: noqa: E501 - a pattern on one line can be read
"""Taking the 18 identifier classes of 45 CFR 164.514(b)(2) out of a note.

Rules and lists, no learned model: what follows a label (MRN, phone, account …), what has the form of
an identifier, names after titles and labels, names of a list, and every further place where a name
found in the note stands. Dates keep their year but those of birth, ages over 89 become 90+, ZIP
codes three digits. What no rule knows stays: a note must be looked at before it leaves the house.
"""

import re
from dataclasses import dataclass

from sql_agent.governance.masks import SMALL_ZIPS
from sql_agent.governance.policy import IdentifierClass as Class

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_NUMBER = r"[A-Z0-9][A-Z0-9-]{2,}"
_LABELLED: tuple[tuple[Class, str], ...] = (
    (Class.SSN, r"(?:SSN|social security(?: number| no\.?)?)"),
    (Class.RECORD_NUMBERS, r"(?:MRN|medical record(?: number| no\.?)?|record (?:number|no\.?)|chart (?:number|no\.?))"),
    (Class.PLAN_NUMBERS, r"(?:(?:member|subscriber|beneficiary|policy|insurance|health plan|plan)(?: ID| number| no\.?)+)"),
    (Class.ACCOUNT_NUMBERS, r"(?:account(?: number| no\.?)?|acct\.?)"),
    (Class.LICENCES, r"(?:(?:driver'?s )?licen[cs]e(?: number| no\.?)?|certificate(?: number| no\.?)?|DEA(?: number)?|NPI)"),
    (Class.VEHICLES, r"(?:VIN|licen[cs]e plate|plate(?: number)?|vehicle(?: ID)?)"),
    (Class.DEVICES, r"(?:(?:device|pacemaker|implant)?\s?(?:serial(?: number| no\.?)?|S/N|device ID))"),
    (Class.BIOMETRICS, r"(?:fingerprint|retina scan|voice ?print|biometric)(?: ID| hash| template)?"),
    (Class.PHOTOS, r"(?:photo|photograph|image file|full-face photo)"),
    (Class.OTHER_CODES, r"(?:accession(?: number| no\.?)?|specimen(?: ID| number)?|study ID|case (?:number|no\.?)|order (?:number|no\.?)|passport(?: number| no\.?)?)"),
)  # fmt: skip
_STARTS = r"(?:The|An?|Our|This|That|In|At|To|From|Of|And|Or|Per|Via|No|Prior|Admitted|Follow|See|Seen|Sent|Transferred|Discharged?|Admission)"
_KINDS = r"(?:Outside|Local|Community|General|Pain|Eye|Wound|Diabetes|Cardiology|Oncology|Surgery|Skilled|Home|Emergency|Outpatient|Inpatient|Day|Renal|Heart|Memory|Dental|Primary|Care|Teaching|University|Children's|Veterans|Urgent|Family|Medicine|Women's|Health|Neurology|Rheumatology|Dermatology|Orthopedic|Psychiatric)"
_FACILITY = r"(?:Hospital|Medical Center|Clinic|Infirmary|Health Center|Nursing Home|Hospice|Rehabilitation Center)"
_HOUSE = (
    rf"\b(?!{_STARTS}\b)(?!(?:{_KINDS} )+{_FACILITY})"
    rf"(?:(?:St\.|Mt\.|Ft\.|of|[A-Z][\w'’]+) ){{1,5}}{_FACILITY}\b(?! [Cc]ourse\b)"
)
"""A named house of care says the place; "the Hospital" and "Pain Clinic" do not."""
_FORMS: tuple[tuple[Class, str], ...] = (
    (Class.EMAIL, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (Class.URLS, r"(?:https?://|www\.)[^\s<>()]+[^\s<>().,;]"),
    (Class.IP_ADDRESSES, r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b"),
    (Class.SSN, r"\b\d{3}-\d{2}-\d{4}\b"),
    (Class.VEHICLES, r"\b(?=[A-HJ-NPR-Z0-9]*\d)(?=[A-HJ-NPR-Z0-9]*[A-Z])[A-HJ-NPR-Z0-9]{17}\b"),
    (Class.PHOTOS, r"\b[\w-]+\.(?:jpe?g|png|tiff?|dcm)\b"),
    (Class.FAX, r"(?i:\bfax\b[ .:#]*)(?P<kept>\+?[\d(][\d ().-]{6,}\d)"),
    (Class.PHONE, r"(?<![\w-])(?:\+?1[ .-]?)?(?:\(\d{3}\)\s?|\d{3}[ .-])\d{3}[ .-]\d{4}(?:\s?(?:x|ext\.?)\s?\d+)?\b"),
    (Class.DATES, r"\b\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?\b"),
    (Class.DATES, r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b"),
    (Class.DATES, rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b"),
    (Class.DATES, rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\.?(?:,? \d{{4}})?\b"),
    (Class.DATES, rf"\b{_MONTH}\.?,? (?:of )?\d{{4}}\b"),
    (Class.DATES, r"\b\d{1,2}/\d{1,2}\b(?!/|\s*mmHg)(?<!\d{3}/\d\d)(?=\s*(?:at|,|\.|;|$|for|he|she|the))"),
    (Class.AGES, r"\b(?:9\d|1[01]\d)(?=[ -]?(?:years?[ -]old|year-old|y/?o\b|yo\b))"),
    (Class.AGES, r"(?i:\bage[d:]?\s+)(?P<kept>9\d|1[01]\d)\b"),
    (Class.GEOGRAPHY, r"\b\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][\w']+ ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Place|Pl|Terrace|Circle|Lock|Neck|Union)\b\.?(?:,? (?:Apt|Unit|Suite|#)\.? ?\w+)?"),
    (Class.GEOGRAPHY, r"\b(?:[A-Z][a-z]+ ){0,2}[A-Z][a-z]+ County\b"),
    (Class.GEOGRAPHY, _HOUSE),
    (Class.GEOGRAPHY, r"\b(?P<kept>(?:[A-Z][a-z]+ ){0,2}[A-Z][a-z]+)(?=, (?:[A-Z]{2}\b|Massachusetts|New York|California|Texas|Ohio|Florida))"),
    (Class.GEOGRAPHY, r"(?i:\b(?:lives in|resides in|born in|resident of|native of) )(?P<kept>(?:[A-Z][a-z]+ ){0,2}[A-Z][a-z]+)"),
    (Class.GEOGRAPHY, r"(?<=[A-Z]{2} )\d{5}(?:-\d{4})?\b|(?i:\bzip(?: code)?[ :]+)(?P<kept>\d{5}(?:-\d{4})?)"),
)  # fmt: skip
_BIRTH = (
    r"(?i:\b(?:DOB|date of birth|birth ?date|born(?: on)?)\s*[:=]?\s*)"
    rf"(\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}|{_MONTH}\.? \d{{1,2}}(?:,? \d{{4}})?)"
)
"""The year of a birth may say an age over 89, so none of it stays."""
_NAME = r"[A-Z][a-zA-Z'’-]+\d*(?:,? (?:[A-Z]\. ?)?[A-Z][a-zA-Z'’-]+\d*){0,3}"
_NAMED = (
    rf"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? (?P<kept>{_NAME})",
    (
        rf"(?i:\b(?:patient(?: name)?|name|attending|physician|provider|nurse|surgeon|signed by|"
        rf"dictated by|seen by|referred by|contact|next of kin|spouse|husband|wife|daughter|son|mother|"
        rf"father|brother|sister)(?: is| was|:|,)? )(?P<kept>{_NAME})"
    ),
    rf"\b(?P<kept>{_NAME}),? (?:MD|M\.D\.|DO|RN|NP|PA-C|PhD)\b",
)
_NO_NAMES = frozenset(
    """The He She They His Her Patient Denies No Not And With Without History Mother Father Diabetes
    Hypertension Type Is Was Has Had Name Date Phone Address Age Dr Mr Mrs Ms Continue Started Had
    Medications Assessment Plan Labs Family Past Social Chief Physical On In For At To Of This That
    Patient's Discharge Admission Hospital Clinic Reports Presents Complains Follow Return Call MRN
    SSN DOB MD DO RN NP PA PhD""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One identifier in a note: where, of which class, and what takes its place."""

    kind: Class
    start: int
    end: int
    replacement: str


def find(note: str) -> tuple[Identifier, ...]:
    """Return the identifiers of a note in order, without overlaps; earlier rules win."""
    found: list[Identifier] = [
        Identifier(kind=Class.DATES, start=m.start(1), end=m.end(1), replacement="[date of birth]")
        for m in re.finditer(_BIRTH, note)
    ]
    for kind, label in _LABELLED:
        pattern = rf"(?i:\b{label}(?: is| was)?\s*[:#=]*\s*)(?P<kept>{_NUMBER}(?:\.\w+)?)"
        for match in re.finditer(pattern, note):
            if any(sign.isdigit() for sign in match["kept"]) or kind is Class.PHOTOS:
                _add(found, kind, match)
    _add_forms(found, note, places=False)
    names: set[str] = set()
    for pattern in _NAMED:
        for match in re.finditer(pattern, note):
            names |= _add_name(found, match)
    for name in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"\b{re.escape(name)}\b(?:'s)?", note):
            _add(found, Class.NAMES, match)
    _add_forms(found, note, places=True)  # after the names: "Reyes, MD" is no town in Maryland
    return tuple(sorted(found, key=lambda one: one.start))


def _add_forms(found: list[Identifier], note: str, *, places: bool) -> None:
    for kind, pattern in _FORMS:
        if (kind is Class.GEOGRAPHY) is places:
            for match in re.finditer(pattern, note):
                _add(found, kind, match)


def deidentify(note: str) -> tuple[str, tuple[Identifier, ...]]:
    """Return a note without its identifiers, and what was taken out."""
    found = find(note)
    parts: list[str] = []
    at = 0
    for one in found:
        parts += [note[at : one.start], one.replacement]
        at = one.end
    return "".join([*parts, note[at:]]), found


def _add(found: list[Identifier], kind: Class, match: re.Match[str]) -> None:
    groups = match.groupdict()
    part = "kept" if groups.get("kept") is not None else 0
    start, end = match.span(part)
    if end > start and not any(start < one.end and one.start < end for one in found):
        text = match[part]
        found.append(Identifier(kind=kind, start=start, end=end, replacement=_left(kind, text)))


def _add_name(found: list[Identifier], match: re.Match[str]) -> set[str]:
    """Take the words of a name that are words of names; return them."""
    names: set[str] = set()
    for word in re.finditer(r"[A-Z][a-zA-Z'’-]*\d*\.?", match["kept"]):
        text = word[0].rstrip(".")
        if text in _NO_NAMES:
            break
        start = match.start("kept") + word.start()
        if len(text) > 1:
            names.add(text.removesuffix("'s"))
        if not any(start < one.end and one.start < start + len(word[0]) for one in found):
            found.append(
                Identifier(
                    kind=Class.NAMES,
                    start=start,
                    end=start + len(text),
                    replacement="[name]",
                )
            )
    return names


def _left(kind: Class, text: str) -> str:
    """Return what may stay of an identifier."""
    if kind is Class.DATES:
        year = re.search(r"\b(?:19|20)\d\d\b", text)
        return f"[date in {year[0]}]" if year else "[date]"
    if kind is Class.AGES:
        return "90+"
    if kind is Class.GEOGRAPHY and re.fullmatch(r"\d{5}(?:-\d{4})?", text):
        return "000" if text[:3] in SMALL_ZIPS else f"{text[:3]}**"
    return f"[{kind.value.replace('_', ' ')}]"

"""Notes: findings with evidence, how they are meant, identifiers, review before fact."""

from pathlib import Path

import pytest

from assistants.answer import Status as AnswerStatus
from assistants.errors import InputError
from sql_agent import ask
from sql_agent.clinical import ReviewQueue, deidentify, extract
from sql_agent.clinical.context import Status
from sql_agent.clinical.tagger import Tagger, f1, load, read_iob, save, spans, train
from sql_agent.clinical.terms import _WORDS, icd_codes
from sql_agent.medical.clinic import CONDITIONS


def one(text: str, kind: str = "diagnosis"):
    found = [f for f in extract(text) if f.kind == kind]
    assert len(found) == 1, found
    return found[0]


def test_every_code_that_can_be_emitted_exists() -> None:
    codes = icd_codes()
    assert len(codes) == 74_706 or len(codes) > 70_000
    assert {"I10", "E11.9", "U07.1"} <= codes
    assert "E11" not in codes  # it is divided further
    assert set(_WORDS) <= codes
    assert {code for code, *_ in CONDITIONS} <= codes


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("He has hypertension.", Status.PRESENT),
        ("She denies chest pain.", Status.NEGATED),
        ("No evidence of pneumonia on the film.", Status.NEGATED),
        ("Pneumonia was ruled out.", Status.NEGATED),
        ("No fever, cough or asthma.", Status.NEGATED),
        ("No fever but hypertension is present.", Status.PRESENT),
        ("Her mother had breast cancer.", Status.FAMILY),
        ("Family History:\nfather with gout", Status.FAMILY),
        ("Possible pneumonia.", Status.POSSIBLE),
        ("Suspected pulmonary embolism.", Status.POSSIBLE),
        ("Past history of gout.", Status.HISTORICAL),
        ("Return for shortness of breath.", Status.HYPOTHETICAL),
        ("Patient not taking aspirin has asthma.", Status.PRESENT),
    ],
)
def test_how_a_finding_is_meant(text: str, status: Status) -> None:
    wanted = "hypertension" if text.startswith("No fever but") else None
    found = [f for f in extract(text) if f.kind == "diagnosis"]
    kept = [f for f in found if wanted is None or f.text.lower() == wanted]
    assert kept
    assert kept[-1].status is status


def test_the_span_is_the_evidence() -> None:
    text = "Started lisinopril 10 mg PO daily for high   blood pressure."
    drug, diagnosis = one(text, "drug"), one(text)
    assert (drug.code, drug.value, drug.unit) == ("lisinopril", "10", "mg")
    assert (drug.route, drug.frequency) == ("PO", "daily")
    assert text[drug.start : drug.end] == "lisinopril 10 mg PO daily"
    assert text[diagnosis.start : diagnosis.end] == diagnosis.text
    assert diagnosis.code == "I10"


def test_longer_terms_win() -> None:
    assert one("type 2 diabetes with hyperglycemia").code == "E11.65"
    assert one("acute asthma").code == "J45.901"


@pytest.mark.parametrize(
    ("text", "code", "value", "unit"),
    [
        ("HbA1c was 8.2 %.", "Hemoglobin A1c", "8.2", "%"),
        ("K 4.1 mmol/L", "Potassium", "4.1", "mmol/L"),
        ("troponin: <0.01 ng/mL", "Troponin I", "<0.01", "ng/mL"),
        ("serum creatinine of 1,4 mg/dL", "Creatinine", "1.4", "mg/dL"),
    ],
)
def test_laboratory_values(text: str, code: str, value: str, unit: str) -> None:
    found = one(text, "laboratory")
    assert (found.code, found.value, found.unit) == (code, value, unit)


def test_abbreviations_keep_their_case() -> None:
    assert extract("he took vitamin k 5 times") == ()
    assert extract("cad drawings of 3 rooms") == ()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Patient: John Okafor was seen.", "Okafor"),
        ("Dr. Maria Keller called. Keller agreed.", "Keller"),
        ("Seen by Ann Wu, MD.", "Wu"),
        ("Lives in Boston with a cat.", "Boston"),
        ("12 Elm Street, Salem, MA 01970", "Elm"),
        ("12 Elm Street, Salem, MA 01970", "01970"),
        ("seen at St. Vincent Hospital", "Vincent"),
        ("transferred from Mercy General Hospital", "Mercy"),
        ("the University of Michigan Medical Center", "Michigan"),
        ("on March 3, 2024", "March 3"),
        ("on 03/04/2024", "03/04"),
        ("DOB: 05/06/1931", "1931"),
        ("a 93-year-old man", "93"),
        ("Phone (617) 555-0134 ext. 12", "555-0134"),
        ("Fax: 617.555.0135", "555.0135"),
        ("write to a.b@example.org", "a.b@"),
        ("SSN 900-12-3456", "900-12-3456"),
        ("MRN: 00482913", "00482913"),
        ("Member ID: XZ-884213", "884213"),
        ("Account number 77-1234", "77-1234"),
        ("Driver's license S99994942", "S99994942"),
        ("VIN 1HGCM82633A004352", "1HGCM82633A004352"),
        ("pacemaker serial number PM-55821", "55821"),
        ("see https://portal.example.org/p/42.", "portal"),
        ("from 192.168.10.7", "192.168"),
        ("fingerprint ID FP-20331", "20331"),
        ("photo face_okafor.jpg attached", "face_okafor"),
        ("accession number A-449201", "449201"),
    ],
)
def test_every_class_of_identifier_is_taken_out(text: str, gone: str) -> None:
    assert gone not in deidentify(text)[0]


def test_what_is_no_identifier_stays() -> None:
    text = "BP 140/90, HbA1c 8.2 %, lisinopril 10 mg daily for hypertension since 2019. Age 64."
    assert deidentify(text)[0] == text
    assert deidentify("seen on 2024-03-05")[0] == "seen on [date in 2024]"
    house = "The Hospital called. Hospital Course: stable. Follow up in Pain Clinic."
    assert deidentify(house)[0] == house


@pytest.fixture
def queue(tmp_path: Path) -> ReviewQueue:
    made = ReviewQueue(tmp_path / "review.sqlite")
    text = "He has gout and asthma. Denies fever. Mother had breast cancer. Now pneumonia."
    assert made.add("n1", text, extract(text)) == 5
    assert made.add("n1", text, extract(text)) == 0
    return made


def test_only_what_was_reviewed_is_a_fact(queue: ReviewQueue, tmp_path: Path) -> None:
    by_code = {item.code: item.number for item in queue.items(waiting=True)}
    queue.decide(by_code["M10.9"], "accept", who="dr")
    queue.decide(by_code["R50.9"], "accept", who="dr")  # rightly found, and denied: no fact
    queue.decide(by_code["J18.9"], "reject", who="dr")
    queue.decide(by_code["J45.909"], "correct", who="dr", code="J44.9")
    assert [item.code for item in queue.items(waiting=True)] == ["C50.919"]
    path = tmp_path / "facts.duckdb"
    assert queue.facts(path) == 2
    answer = ask(str(path), "number of findings by code")
    assert answer.status is AnswerStatus.ANSWERED, answer.reason
    assert sorted(answer.best.candidate.rows) == [("J44.9", 1), ("M10.9", 1)]


def test_the_latest_decision_counts_and_codes_must_exist(queue: ReviewQueue) -> None:
    number = queue.items()[0].number
    queue.decide(number, "accept", who="a")
    assert queue.decide(number, "reject", who="b").decision == "reject"
    with pytest.raises(InputError, match="no ICD-10-CM"):
        queue.decide(number, "correct", who="a", code="Z99.99X")
    with pytest.raises(InputError, match="no finding"):
        queue.decide(999, "accept", who="a")
    with pytest.raises(InputError):
        queue.decide(number, "accept", who="a", code="I10")


DATA = [
    (["severe", name, "after", drug], ["O", "B-Disease", "O", "B-Chemical"])
    for name in ("anemia", "nephritis", "hepatitis", "neuritis", "gastritis")
    for drug in ("lisinopril", "enalapril", "captopril", "ramipril")
]


def test_a_tagger_learns_and_is_read_as_written(tmp_path: Path) -> None:
    tagger = train(DATA, epochs=5)
    assert f1(tagger, DATA)["f1"] == pytest.approx(100.0)
    assert tagger.tag(["severe", "arthritis", "after", "quinapril"]) == [
        "O",
        "B-Disease",
        "O",
        "B-Chemical",
    ]
    save(tagger, tmp_path / "t.npz")
    again: Tagger = load(tmp_path / "t.npz")
    assert [again.tag(w) for w, _ in DATA] == [tagger.tag(w) for w, _ in DATA]
    (tmp_path / "bad.npz").write_text("x")
    with pytest.raises(InputError):
        load(tmp_path / "bad.npz")


def test_spans_of_tags() -> None:
    tags = ["B-X", "I-X", "O", "I-X", "B-X", "B-X", "I-X"]
    assert spans(tags) == [(0, 2, "X"), (3, 4, "X"), (4, 5, "X"), (5, 7, "X")]


@pytest.mark.shared
def test_the_shared_sets_can_be_read(shared: Path) -> None:
    data = read_iob(shared / "data" / "ner" / "NCBI-disease-IOB" / "devel.tsv")
    assert sum(len(spans(tags)) for _, tags in data) == 787


def made_up(count: int) -> list[tuple[list[str], list[str]]]:
    """Return sentences in which what ends in -itis is a disease, wherever it stands."""
    stems = "zor vel quan brim tosk elf nar wix pol dram".split()
    found: list[tuple[list[str], list[str]]] = []
    for i in range(count):
        name = f"{stems[i % 10]}{stems[i // 10 % 10]}itis"
        words = f"The patient {('had', 'denies', 'reports')[i % 3]} {name} since day {i} .".split()
        found.append((words, ["B-Disease" if word == name else "O" for word in words]))
    return found


def test_a_name_needs_a_code_before_it_is_a_fact(tmp_path: Path) -> None:
    tagger = train(made_up(60), epochs=3, least=1)
    save(tagger, tmp_path / "names.npz")
    note = "Seen today. The patient had gorvelitis since day 3."
    found = extract(note, tagger=load(tmp_path / "names.npz"))
    assert [(one.kind, one.text, one.code) for one in found] == [("name", "gorvelitis", "")]
    assert note[found[0].start : found[0].end] == "gorvelitis"
    queue = ReviewQueue(tmp_path / "queue.sqlite")
    queue.add("note", note, found)
    with pytest.raises(InputError, match="no code"):
        queue.decide(1, "accept", who="ann")
    with pytest.raises(InputError, match="no ICD-10-CM code"):
        queue.decide(1, "correct", who="ann", code="gorvelitis")
    assert not queue.items()[0].is_fact
    assert queue.decide(1, "correct", who="ann", code="M10.9").is_fact
    assert queue.decide(1, "correct", who="ann", code="warfarin").is_fact  # it was a drug


def test_two_notes_of_one_name_are_two(tmp_path: Path) -> None:
    queue = ReviewQueue(tmp_path / "queue.sqlite")
    first, second = (f"Diagnosis: pneumonia. Room {room}." for room in (1, 2))
    assert [queue.add("-", text, extract(text)) for text in (first, second, first)] == [1, 1, 0]
    assert len({item.note for item in queue.items()}) == 2


def test_a_finding_is_shown_among_whole_words(tmp_path: Path) -> None:
    note = f"{'Before that she was well and strong. ' * 4}Now pneumonia. {'She rests a lot. ' * 8}"
    queue = ReviewQueue(tmp_path / "queue.sqlite")
    queue.add("note", note, extract(note))
    shown = queue.items()[0].context
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert {word.strip(".") for word in shown.strip("… ").split()} <= {
        word.strip(".") for word in note.split()
    }


def test_the_same_word_nearby_says_what_an_abbreviation_is() -> None:
    data: list[tuple[list[str], list[str]]] = []
    for i in range(80):
        sick = i % 2 == 0
        long, short = ("itis" if sick else "graph"), f"X{i}Q"
        words = f"We saw zor{i}{long} ( {short} ) here .".split()
        data.append((words, ["B-Disease" if sick and j in {2, 4} else "O" for j in range(8)]))
        later = f"Then {short} came back .".split()
        data.append((later, ["O", "B-Disease" if sick else "O", "O", "O", "O"]))
    tagger = train(data[:120], epochs=5, least=1)
    seen = sum(tagger.tag(words, [data[i - 1][0]]) == tags
               for i, (words, tags) in enumerate(data[121:], 121) if i % 2)  # fmt: skip
    assert seen == 20

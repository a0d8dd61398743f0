"""Cases that differ in nothing but values, as one test with a row for each."""

from collections.abc import Sequence

from .targets import Listed
from .writing import Case, Written, called, is_rounded, lines_of, shown_value

_LEAST = 3
_RESERVED = {"expected", "request", "tmp_path", "capsys"}


def tables(
    listed: Listed, call: str, cases: Sequence[Case], taken: set[str]
) -> tuple[list[Written], list[Case]]:
    """Return tests with rows, and the cases that are tests of their own."""
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in cases:
        if _fits(listed, call, case):
            groups.setdefault(_shape(case), []).append(case)
    made: list[Written] = []
    rest = list(cases)
    for group in groups.values():
        if len(group) >= _LEAST:
            made.append(_written(listed, call, group, taken))
            rest = [one for one in rest if one not in group]
    return made, rest


def _fits(listed: Listed, call: str, case: Case) -> bool:
    labels = [label.lstrip("=") for label, _ in case.arguments]
    told = (
        case.before or case.after or case.kept or case.printed or case.wrap == "with" or case.then
    )
    plain = case.how == "value" and not told
    return (
        plain
        and call in {"function", "class"}
        and not listed.is_async
        and case.value not in {"None", 'float("nan")'}
        and bool(labels)
        and len(set(labels)) == len(labels)
        and not {*labels} & {*_RESERVED, listed.path[0]}
        and not case.names & {"tmp_path", "written"}
    )


def _shape(case: Case) -> tuple[object, ...]:
    labels = tuple(label for label, _ in case.arguments)
    kind = "is" if case.value in {"True", "False"} else "about" if is_rounded(case.value) else "=="
    return labels, kind, case.wrap


def _written(listed: Listed, call: str, group: Sequence[Case], taken: set[str]) -> Written:
    labels, kind, _ = _shape(group[0])
    assert isinstance(labels, tuple)  # noqa: S101  (for the type checker)
    names = [str(label).lstrip("=") for label in labels]
    written = Written(_name(listed, taken), "", modules={"pytest"})
    taken.add(written.name)
    given = [
        f"{name}={name}" if str(label)[0] == "=" else name
        for label, name in zip(labels, names, strict=True)
    ]
    act = called(listed, call, "", group[0], given)
    expected = {"is": "is expected", "about": "== pytest.approx(expected)"}.get(
        str(kind), "== expected"
    )
    heads = ", ".join(f'"{name}"' for name in (*names, "expected"))
    rows = [
        line
        for case in group
        for line in lines_of(
            f"({', '.join([*(v for _, v in case.arguments), shown_value(case.value)])}),", 8
        )
    ]
    written.names = set[str]().union(*(case.names for case in group)) | {listed.path[0]}
    if group[0].wrap == "first":
        written.names.add("islice")
    body = lines_of(f"assert {act} {expected}", 4)
    written.code = "\n".join(
        [
            "@pytest.mark.parametrize(",
            f"    ({heads}),",
            "    [",
            *rows,
            "    ],",
            ")",
            f"def {written.name}({', '.join([*names, 'expected'])}):",
            *body,
        ]
    )
    return written


def _name(listed: Listed, taken: set[str]) -> str:
    stem = "test_" + "_".join(part.strip("_").lower() for part in listed.path)
    names = (stem, f"{stem}_tells", *(f"{stem}_{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)

"""The conversation with plumb: one JSON object a line in each direction.

    {"do": "open", "module", "roots", "file"}          → {"ok": version} or {"error"}
    {"do": "search", "path", "seconds", "seed", …}     → {"cases", "branches", …} or {"skip"}

Answers leave on a copy of stdout; what the code under test prints goes nowhere.
"""

import ast
import importlib
import json
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterable
from types import CodeType, ModuleType

from . import target as targets
from .calling import variable_of
from .checkpoints import CHECKPOINTS
from .codes import Definition, compile_definition, find_class, find_definition
from .faults import faults
from .inputs import Source
from .judging import judge
from .kinds import classes_in
from .making import give_stand_ins, learn_class, makers_of
from .mining import constants
from .mutants import Mutant
from .relating import relate
from .running import CLOCK, Runner
from .search import Found, Result, Search
from .target import Parameter, Target
from .trying import Trials
from .unknown_faults import unknown_faults

Message = dict[str, object]


class Guest:
    """The module under test and what is known about it."""

    def __init__(self) -> None:
        self.module: ModuleType | None = None
        self.tree = ast.Module(body=[], type_ignores=[])

    def open(self, order: Message) -> Message:
        """Import the module under test."""
        sys.path[:0] = [str(one) for one in _list(order["roots"])]
        file = str(order["file"])
        with open(file, encoding="utf-8-sig") as stream:  # noqa: PTH123
            self.tree = ast.parse(stream.read(), file)
        self.module = importlib.import_module(str(order["module"]))
        where = getattr(self.module, "__file__", "") or ""
        if not os.path.samefile(where, file):  # noqa: PTH121
            return {"error": f"the name {self.module.__name__} leads to another file, {where}"}
        return {"ok": sys.version.split()[0]}

    def _prepared(self, order: Message) -> tuple[ModuleType, Target, Runner, Source] | str:
        """Return what calls of one function or method need, or why there can be none."""
        module, path = self.module, [str(one) for one in _list(order["path"])]
        assert module is not None  # noqa: S101
        definition = find_definition(self.tree, path)
        if definition is None:
            return "there is no such definition"
        owner = find_class(self.tree, path[:-1])
        made = targets.make(module, path, definition, _notes(self.tree), owner)
        if isinstance(made, str):
            return made
        runner = Runner(module, frozen=bool(order.get("frozen")), seeded=bool(order.get("seeded")))
        runner.raising = _raising(self.tree, str(order["file"]))
        source = Source(random.Random(int(str(order["seed"]))), {})
        for value in constants(self.tree, definition, vars(module)):
            source.learn(value)
        if order.get("frozen"):
            source.learn(int(CLOCK))
        return module, made, runner, source

    def relate(self, order: Message) -> Message:
        """Say for which inputs a property of a function holds, or that it does not."""
        prepared = self._prepared(order)
        if isinstance(prepared, str):
            return {"skip": prepared}
        module, made, runner, source = prepared
        return relate(module, made, order, runner, source)

    def search(self, order: Message) -> Message:
        """Look for cases of one function or method."""
        prepared = self._prepared(order)
        if isinstance(prepared, str):
            return {"skip": prepared}
        module, made, runner, source = prepared
        methods = self._makers(runner, source, made)
        for parameter in made.parameters:
            for kind in classes_in(parameter.kinds):
                learn_class(kind, source, runner)
        made.wrong += _faults(made)
        search = Search(module, made, runner, source, methods)
        reached: Message = {}
        if order.get("existing"):
            numbers = list(range(len(made.wrong)))
            reached = judge(module, made, str(order["existing"]), numbers)
            search.know(
                _goals(reached.get("hit")), {int(str(n)) for n in _list(reached.get("killed"))}
            )
        result = search.run(float(str(order["seconds"])))
        return _report(made, result, runner, reached)

    def judge(self, order: Message) -> Message:
        """Say which mutants of a function a test file notices, and which branches it takes."""
        module, path = self.module, [str(one) for one in _list(order["path"])]
        assert module is not None  # noqa: S101
        definition = find_definition(self.tree, path)
        made = definition and targets.make(module, path, definition, [])
        if not isinstance(made, Target):
            return {"skip": made or "there is no such definition"}
        choose = random.Random(0)
        numbers = list(range(len(made.wrong)))
        most = int(str(order.get("most", len(numbers))))
        numbers = sorted(choose.sample(numbers, min(most, len(numbers))))
        most = int(str(order.get("faults", 0)))
        injected = _sample(_compiled(faults, made), most, choose)
        others = _sample(_compiled(unknown_faults, made), most, choose)
        count, known = len(made.wrong), len(made.wrong) + len(injected)
        made.wrong += injected + others
        text = str(order["text"])
        told = judge(module, made, text, [*numbers, *range(count, len(made.wrong))])
        noticed = [int(str(n)) for n in _list(told.get("killed"))]
        told["killed"] = [n for n in noticed if n < count]
        told["caught"] = [n for n in noticed if count <= n < known]
        told["faults"] = len(injected)
        told["unknown_caught"] = [n for n in noticed if n >= known]
        told["unknown_faults"] = len(others)
        alive = [n for n in numbers if n not in _list(told.get("killed", []))]
        return {
            **told,
            "mutants": len(numbers),
            "branches": len(made.goals),
            "alive": _told(made, alive),
            "missed": _told(made, range(count, len(made.wrong)), noticed),
        }

    def _makers(
        self, runner: Runner, source: Source, target: Target
    ) -> dict[str, list[tuple[str, list[Parameter]]]]:
        """Give the source ways to make objects of this module; return what can be done to them."""
        module, names = runner.module, runner.names()
        methods: dict[str, list[tuple[str, list[Parameter]]]] = {}
        classes = [one for one in ast.walk(self.tree) if isinstance(one, ast.ClassDef)]
        for node in classes:
            kind = getattr(module, node.name, None)
            own = len(target.path) > 1 and target.path[-2] == node.name
            if not isinstance(kind, type) or (issubclass(kind, BaseException) and not own):
                continue
            made = makers_of(kind, source, names, _notes(self.tree))
            source.makers = {**source.makers, node.name: made}
            if own:
                methods[node.name] = _methods_of(node, kind, target)
        give_stand_ins(classes, module, source)
        return methods


def _compiled(
    make: Callable[[Definition], Iterable[Mutant]], target: Target
) -> list[tuple[Mutant, CodeType]]:
    """Return the faults of a function that compile and change its code."""
    found: list[tuple[Mutant, CodeType]] = []
    for one in make(target.definition):
        code = compile_definition(one.definition, target.path, target.function)
        if code is not None and code != target.function.__code__:
            found.append((one, code))
    return found


def _faults(target: Target) -> list[tuple[Mutant, CodeType]]:
    """Return the faults that are no mutants of a function: the search looks for them as well."""
    known = {code for _, code in target.wrong}
    return [one for one in _compiled(faults, target) if one[1] not in known]


def _sample(
    found: list[tuple[Mutant, CodeType]], most: int, choose: random.Random
) -> list[tuple[Mutant, CodeType]]:
    return choose.sample(found, min(most, len(found)))


def _notes(tree: ast.Module) -> list[str]:
    """Return the documentation of a module that has examples."""
    found: list[str] = []
    for one in ast.walk(tree):
        if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(one) or ""
            found += [text] if ">>>" in text else []
    return found


def _methods_of(
    node: ast.ClassDef, kind: type, target: Target
) -> "list[tuple[str, list[Parameter]]]":
    found: list[tuple[str, list[Parameter]]] = []
    for one in node.body:
        if (
            isinstance(one, ast.FunctionDef)
            and not one.name.startswith("_")
            and not one.decorator_list
        ):
            function = getattr(kind, one.name, None)
            if hasattr(function, "__code__") and one.name != target.path[-1]:
                parameters = targets.parameters_of(function, one, skip=True)  # type: ignore[arg-type]
                found.append((one.name, parameters))
    own = getattr(kind, target.path[-1], None)
    plain = target.call == "method" and not target.path[-1].startswith("__")
    if plain and hasattr(own, "__code__"):
        found.append((target.path[-1], target.parameters))
    return found


def _raising(tree: ast.Module, file: str) -> frozenset[tuple[str, int]]:
    """Return the places of `raise` statements, each line of them."""
    places: set[tuple[str, int]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise | ast.Assert):
            places |= {(file, n) for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return frozenset(places)


def _goals(hit: object) -> set[tuple[int, bool]]:
    return {(int(str(one)) // 2, bool(int(str(one)) % 2)) for one in _list(hit)}


def _report(target: Target, result: Result, runner: Runner, reached: Message) -> Message:
    used = {number for one in result.found for number in one.kills}
    used |= {int(str(one)) for one in _list(reached.get("killed"))}
    covered = result.covered | _goals(reached.get("hit"))
    alive = [n for n in range(len(target.wrong)) if n not in used]
    return {
        "call": target.call,
        "variable": variable_of(target) if len(target.path) > 1 else "",
        "cases": [_case(one) for one in result.found],
        "homes": runner.renderer.homes,
        "branches": len(target.goals),
        "covered": len(covered),
        "existing": str(reached.get("error", "")),
        "mutants": len(target.wrong),
        "killed": len(used),
        "alive": _told(target, alive),
        "tried": result.tried,
        "refused": dict(result.refused.most_common(5)),
    }


def _told(target: Target, numbers: Iterable[int], without: object = ()) -> list[str]:
    """Return where wrong versions are wrong, and how; the first of them."""
    wrong = [target.wrong[n][0] for n in numbers if n not in _list(without)]
    return [f"line {one.line}: {one.what}" for one in wrong[:20]]


def _case(found: Found) -> Message:
    case, seen = found.case, found.seen
    return {
        "receiver": case.receiver and case.receiver.source(),
        "before": [[name, [one.source() for one in several]] for name, several in case.before],
        "arguments": [[label, one.source()] for label, one in case.arguments],
        "then": [[one.source() for one in several] for several in case.then],
        "again": None if case.again is None else [one.source() for one in case.again],
        "how": seen.how,
        "value": seen.value,
        "wrap": seen.wrap,
        "message": seen.message,
        "after": [list(one) for one in seen.after],
        "kept": [list(one) for one in seen.same if one[0] in found.more],
        "inside": [list(one) for one in seen.inside],
        "printed": seen.printed,
    }


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _told_of(work: Callable[[Message], Message], order: Message) -> Callable[[], Message]:
    """Return work that says what it failed with."""

    def safe() -> Message:
        try:
            return work(order)
        except (Exception, SystemExit) as error:
            return _failure(error)

    return safe


def _failure(error: BaseException) -> Message:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({last[0].filename.rsplit('/', 1)[-1]}:{last[0].lineno})" if last else ""
    return {"error": f"{type(error).__name__}: {error}{place}"}


def main() -> None:
    """Answer orders until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    guest, trials = Guest(), Trials()
    for line in sys.stdin:
        order: Message = json.loads(line)
        try:
            match order["do"]:
                case "open":
                    answer = guest.open(order)
                case "prepare":
                    sys.path[:0] = [str(one) for one in _list(order["roots"])]
                    importlib.import_module("pytest")  # once, for all children
                    answer = {"ok": sys.version.split()[0]}
                case "try":
                    answer = trials.run(order)
                case "judge":
                    answer = CHECKPOINTS.survive(_told_of(guest.judge, order))
                case "relate":
                    answer = CHECKPOINTS.survive(_told_of(guest.relate, order))
                case _:
                    answer = CHECKPOINTS.survive(_told_of(guest.search, order))
        except (Exception, SystemExit) as error:
            answer = _failure(error)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

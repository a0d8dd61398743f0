"""What a selection does: what its tree shows for certain, and a model's words where one chats."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistants.answer import Answer, Check, Json, Status, Step, Verdict
from assistants.errors import ModelError
from assistants.model import Cancel, Chat, Message, Model, Sampling, generate
from code_assist.source import Source

from .java_facts import java_facts
from .selection import Function, Selection

_MOST_TOKENS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Facts that were read off the tree, and prose of a model, which nobody checked."""

    facts: tuple[str, ...]
    prose: str = ""

    def text(self) -> str:
        """Return prose and facts."""
        return "\n".join([*([self.prose, ""] if self.prose else []), *self.facts])

    def details(self) -> Mapping[str, Json]:
        """Return both parts by name."""
        return {"facts": list(self.facts), "prose": self.prose}


def explain(
    source: Source,
    first: int,
    last: int,
    *,
    model: Model | None = None,
    cancel: Cancel | None = None,
) -> Answer[Explanation]:
    """Return what lines `first` to `last` (from 1) do.

    Raises `InputError` where the file does not parse or lacks the lines.
    """
    facts: tuple[str, ...] = ()
    if source.language == "python":
        facts = tuple(_facts(Selection.of(source, first, last)))
    elif source.language == "java":
        facts = tuple(java_facts(source, first, last))
    prose, note = "", ""
    if model is not None and model.capabilities.chat:
        try:
            prose = _prose(source, first, last, model, cancel)
        except ModelError as error:
            note = str(error)
    if not facts and not prose:
        reason = note or "the tree shows nothing to tell there, and no model that chats is set"
        return Answer(status=Status.ABSTAINED, reason=reason)
    checks = [Check(by="syntax tree", verdict=Verdict.PROVED, detail="the facts were read off it")]
    if prose and model is not None:
        checks.append(Check(by=model.name, verdict=Verdict.UNKNOWN, detail="prose is unchecked"))
    step = Step(candidate=Explanation(facts=facts, prose=prose), checks=tuple(checks))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=note)


def _prose(source: Source, first: int, last: int, model: Model, cancel: Cancel | None) -> str:
    code = source.text[source.line_start(first - 1) : source.line_start(last)]
    asked = f"Explain in a few plain sentences what this {source.language} code does:\n\n{code}"
    prompt = Chat((Message("user", asked),))
    said = generate(model, prompt, sampling=Sampling(max_tokens=_MOST_TOKENS), cancel=cancel)
    return said.text.strip()


def _facts(selection: Selection) -> Iterator[str]:
    function = selection.function
    statements: list[ast.stmt] = selection.statements
    if function is not None and (not statements or function in statements):
        yield from _of_function(function)
        statements = list(function.body)
    nodes = [node for one in statements for node in ast.walk(one)]
    yield from _of_nodes(nodes)


def _of_function(function: Function) -> Iterator[str]:
    kind = "Coroutine" if isinstance(function, ast.AsyncFunctionDef) else "Function"
    result = f" → {ast.unparse(function.returns)}" if function.returns else ""
    yield f"{kind} {function.name}({ast.unparse(function.args)}){result}."
    if (said := ast.get_docstring(function)) is not None:
        yield f"Its docstring says: {said.splitlines()[0]}"
    for one in function.decorator_list:
        yield f"Decorated with {ast.unparse(one)}."


def _of_nodes(nodes: list[ast.AST]) -> Iterator[str]:
    for node in sorted(nodes, key=lambda one: getattr(one, "lineno", 0)):
        match node:
            case ast.If():
                yield f"Line {node.lineno}: decides by `{ast.unparse(node.test)}`."
            case ast.For() | ast.AsyncFor():
                each, items = ast.unparse(node.target), ast.unparse(node.iter)
                yield f"Line {node.lineno}: goes through `{items}`, each as `{each}`."
            case ast.While():
                yield f"Line {node.lineno}: repeats while `{ast.unparse(node.test)}`."
            case ast.Return() if node.value is not None:
                yield f"Line {node.lineno}: returns `{ast.unparse(node.value)}`."
            case ast.Raise() if node.exc is not None:
                yield f"Line {node.lineno}: raises `{ast.unparse(node.exc)}`."
            case ast.Try():
                kinds = [ast.unparse(one.type) if one.type else "anything" for one in node.handlers]
                caught = f", catching {', '.join(kinds)}" if kinds else ""
                yield f"Line {node.lineno}: tries something{caught}."
            case ast.With() | ast.AsyncWith():
                opened = ", ".join(ast.unparse(one.context_expr) for one in node.items)
                yield f"Line {node.lineno}: holds `{opened}` open."
            case _:
                continue
    calls = [ast.unparse(one.func) for one in nodes if isinstance(one, ast.Call)]
    if calls:
        yield f"Calls {', '.join(dict.fromkeys(calls))}."
    written = [ast.unparse(t) for one in nodes if isinstance(one, ast.Assign) for t in one.targets]
    if written:
        yield f"Assigns {', '.join(dict.fromkeys(written))}."

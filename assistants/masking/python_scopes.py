"""What Python's compiler refuses after its parser, as far as it is decided while a text is written.

`return`, `yield` and `await` outside of functions, `break` outside of loops, `nonlocal` and
`import *` in the wrong place, late or unknown `__future__` imports, and what comprehensions and
lambdas change of that. One immutable context follows the terminals beside the recogniser. What
depends on names (a `nonlocal` without a binding, a repeated parameter) is not judged here.

After CPython's Python/compile.c, symtable.c and future.c; 3.11 to 3.14 agree on these rules.
"""

import __future__

from typing import NamedTuple

MODULE, CLASS, FUNCTION, COROUTINE = range(4)
"""Whose body the code is in."""

START, DOCUMENTED, FROM, NAMED, FEATURES, REST, OVER = range(7)
"""How far the top of the file is: before anything, in its docstring, after `from`, after
`from __future__`, in a list of features, between such imports, past them."""

_OPENING = {"'('": "(", "'['": "[", "'{'": "{", "FIELD_OPEN": "f"}
_CLOSING = frozenset({"')'", "']'", "'}'", "FIELD_CLOSE"})
_ENDS_LAMBDA = frozenset(
    {"','", "';'", "'='", "'for'", "'async'", "'as'", "'from'", "FIELD_SPEC", "NEWLINE"}
)
_IN_DOCSTRING = frozenset({"STRING", "'('", "')'"})
_NAMED = frozenset({"from", "__future__"})


class Block(NamedTuple):
    """What the statements at one indentation are in; `handler` is the body of an `except*`.

    `enclosed` tells whether a `nonlocal` name may be bound outside of the function or class.
    """

    scope: int = MODULE
    loop: bool = False
    handler: bool = False
    enclosed: bool = False

    def body(self, scope: int) -> "Block":
        """Return the body of a function or class that is defined here.

        A class encloses its functions too: it binds `__class__` for them.
        """
        return Block(scope, enclosed=self.enclosed or self.scope != MODULE)


class Bracket(NamedTuple):
    """An open bracket: the scope of what stands in it and what may become of it.

    `clauses` is 0 before `for`, 1 in a comprehension's first `for`, 2 after its `if`, 3 in a later
    `for`. `owes` tells that only a generator expression makes an `await` in here legal: 1 this or
    an outer one, 2 an outer one, because a first iterable is evaluated outside.
    """

    kind: str
    lambdas: str
    scope: int
    clauses: int = 0
    yields: bool = False
    owes: int = 0
    single: bool = True

    @property
    def generates(self) -> bool:
        """Whether an `await` that stands here may be in a generator expression's own scope."""
        return self.kind == "(" and (self.clauses > 1 or (not self.clauses and self.single))


class Context(NamedTuple):
    """Where one text is. `lambdas` has a `p` for open parameters and a `b` for an open body.

    `header` is the block that the colon of this line will open, `line` the one that it opened.
    """

    blocks: tuple[Block, ...] = (Block(),)
    header: Block | None = None
    line: Block | None = None
    fresh: bool = False
    lambdas: str = ""
    brackets: tuple[Bracket, ...] = ()
    word: str = ""
    top: int = START

    @property
    def block(self) -> Block:
        """The block of the statement being written."""
        return self.line or self.blocks[-1]

    @property
    def scope(self) -> int:
        """The scope of the expression being written."""
        if "b" in self.lambdas:
            return FUNCTION
        return self.brackets[-1].scope if self.brackets else self.block.scope


class Place:
    """A context that is compared by identity: equal contexts are the same object."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        self.context = context


class Scopes:
    """Steps from place to place; remembers what it has worked out. Safe to share."""

    _MEMORY = 100_000

    def __init__(self) -> None:
        self._places: dict[Context, Place] = {}
        self._steps: dict[tuple[Place, str, str], Place | None] = {}
        self.start = self._place(Context())

    def step(self, place: Place, terminal: str, text: str = "") -> Place | None:
        """Return the place after a terminal, or None where the compiler refuses it."""
        if terminal == "NAME":
            context = place.context
            kept = context.top in (FROM, FEATURES) or context.word in _NAMED
            text = text if kept else ""
        key = (place, terminal, text)
        try:
            return self._steps[key]
        except KeyError:
            pass
        if len(self._steps) > self._MEMORY:
            self._steps.clear()
            self._places.clear()
        after = _step(place.context, terminal, text)
        found = self._steps[key] = after and self._place(after)
        return found

    @staticmethod
    def may_name(place: Place, text: str) -> bool:
        """Whether a name may begin like this; only features of the language have fixed names."""
        context = place.context
        if context.top != FEATURES or context.word == "as":
            return True
        return any(feature.startswith(text) for feature in __future__.all_feature_names)

    @staticmethod
    def fixes_names(place: Place) -> bool:
        """Whether only certain names may stand here, as `may_name` tells."""
        return place.context.top == FEATURES

    def _place(self, context: Context) -> Place:
        return self._places.setdefault(context, Place(context))


def _step(context: Context, terminal: str, text: str) -> Context | None:
    if terminal == "INDENT":
        block = context.block
        return context._replace(blocks=(*context.blocks, block), line=None, fresh=False)
    if terminal == "DEDENT":
        return context._replace(blocks=context.blocks[:-1], line=None, fresh=False)
    if context.fresh:
        context = context._replace(line=None, fresh=False)
    before = context.top
    context = _top(context, terminal, text) if before != OVER else context
    if terminal in _ENDS_LAMBDA or terminal in _CLOSING or terminal == "':'":
        context = context._replace(lambdas=context.lambdas.rstrip("b"))
    after = _keyword(context, terminal, text, before)
    if after is None:
        return None
    word = terminal.strip("'") if terminal != "NAME" else ""
    if terminal == "NAME" and context.word == "from" and text == "__future__":
        word = text
    return after._replace(word=word)


def _top(context: Context, terminal: str, text: str) -> Context:
    """Follow the top of the file, where alone features may be asked for."""
    top, after = context.top, OVER
    if terminal in {"NEWLINE", "';'"} and top in (DOCUMENTED, FEATURES):
        after = REST
    elif top in (START, DOCUMENTED) and terminal in _IN_DOCSTRING:
        after = DOCUMENTED
    elif top in (START, REST) and terminal == "'from'":
        after = FROM
    elif top == FROM and text == "__future__":
        after = NAMED
    elif (top == NAMED and terminal == "'import'") or top == FEATURES:
        after = FEATURES
    return context._replace(top=after)


def _keyword(context: Context, terminal: str, text: str, top: int) -> Context | None:
    """Apply the rule of one terminal, or return None where it is broken."""
    if terminal in _OPENING:
        bracket = Bracket(_OPENING[terminal], context.lambdas, context.scope)
        return context._replace(lambdas="", brackets=(*context.brackets, bracket))
    if terminal in _CLOSING:
        return _close(context)
    rule = _RULES.get(terminal)
    if rule:
        return rule(context)
    if top == FEATURES and context.word != "as":
        known = terminal != "NAME" or text in __future__.all_feature_names
        return context if known and terminal != "'*'" else None
    if terminal == "'import'" and context.word == "__future__":
        return context if top == NAMED else None
    if terminal == "'*'" and context.word == "import":
        return context if context.block.scope == MODULE else None
    if terminal == "'*'" and context.word == "except":
        return context._replace(header=context.block._replace(loop=False, handler=True))
    if terminal in {"','", "'='", "'*'", "'**'"}:
        alone = terminal in {"'*'", "'**'"} and context.word != "("
        return context if alone or context.lambdas else _inner(context, single=False)
    return context


def _newline(context: Context) -> Context:
    return context._replace(fresh=True, header=None, lambdas="")


def _lambda(context: Context) -> Context:
    return context._replace(lambdas=context.lambdas + "p")


def _colon(context: Context) -> Context:
    if context.lambdas:
        return context._replace(lambdas=context.lambdas[:-1] + "b")
    if context.header and not context.brackets:
        return context._replace(line=context.header, header=None)
    return context


def _def(context: Context) -> Context:
    scope = COROUTINE if context.word == "async" else FUNCTION
    return context._replace(header=context.block.body(scope))


def _class(context: Context) -> Context:
    return context._replace(header=context.block.body(CLASS))


def _while(context: Context) -> Context:
    return context._replace(header=context.block._replace(loop=True))


def _for(context: Context) -> Context | None:
    waits = context.word == "async" and context.scope != COROUTINE
    if not context.brackets:
        return None if waits else _while(context)
    bracket = context.brackets[-1]
    if bracket.yields and not bracket.clauses:
        return None
    context = _inner(context, clauses=3 if bracket.clauses else 1)
    if not waits or bracket.kind == "(":
        return context
    return _owe(context) if _may_await(context.brackets[:-1], bracket.lambdas) else None


def _if(context: Context) -> Context:
    within = context.brackets and context.brackets[-1].clauses
    return _inner(context, clauses=2) if within else context


def _with(context: Context) -> Context | None:
    return None if context.word == "async" and context.scope != COROUTINE else context


def _return(context: Context) -> Context | None:
    block = context.block
    return context if block.scope >= FUNCTION and not block.handler else None


def _break(context: Context) -> Context | None:
    return context if context.block.loop else None


def _nonlocal(context: Context) -> Context | None:
    return context if context.block.enclosed and context.block.scope != MODULE else None


def _yield(context: Context) -> Context | None:
    """`yield` makes its function a generator, so that no comprehension may stand between."""
    if context.scope < FUNCTION:
        return None
    brackets = list(context.brackets)
    if "b" in context.lambdas:
        return context
    for number in range(len(brackets) - 1, -1, -1):
        bracket = brackets[number]
        if bracket.clauses > 1:
            return None
        brackets[number] = bracket._replace(yields=True, single=False)
        if "b" in bracket.lambdas:
            break
    return context._replace(brackets=tuple(brackets))


def _walrus(context: Context) -> Context | None:
    """Nothing is assigned to within what a comprehension runs over, not even by a lambda there."""
    runs = any(bracket.clauses & 1 for bracket in context.brackets)
    return None if runs else context


def _from(context: Context) -> Context | None:
    return None if context.word == "yield" and context.scope == COROUTINE else context


def _await(context: Context) -> Context | None:
    if context.scope == COROUTINE:
        return context
    return _owe(context) if _may_await(context.brackets, context.lambdas) else None


def _may_await(brackets: tuple[Bracket, ...], lambdas: str) -> bool:
    """Whether a bracket around is or may become a generator expression."""
    for bracket in reversed(brackets):
        if "b" in lambdas:
            return False
        if bracket.generates:
            return True
        lambdas = bracket.lambdas
    return False


def _owe(context: Context) -> Context:
    bracket = context.brackets[-1]
    return _inner(context, owes=max(bracket.owes, 2 if bracket.clauses == 1 else 1))


def _close(context: Context) -> Context | None:
    bracket = context.brackets[-1]
    context = context._replace(brackets=context.brackets[:-1], lambdas=bracket.lambdas)
    if not bracket.owes or (bracket.owes == 1 and bracket.kind == "(" and bracket.clauses):
        return context
    return _owe(context) if _may_await(context.brackets, context.lambdas) else None


def _inner(context: Context, **changes: bool | int) -> Context:
    """Change the innermost bracket, where there is one."""
    if not context.brackets:
        return context
    inner = context.brackets[-1]._replace(**changes)
    return context._replace(brackets=(*context.brackets[:-1], inner))


_RULES = {
    "NEWLINE": _newline,
    "'lambda'": _lambda,
    "':'": _colon,
    "'def'": _def,
    "'class'": _class,
    "'while'": _while,
    "'for'": _for,
    "'if'": _if,
    "'with'": _with,
    "'return'": _return,
    "'break'": _break,
    "'continue'": _break,
    "'nonlocal'": _nonlocal,
    "'yield'": _yield,
    "'from'": _from,
    "'await'": _await,
    "':='": _walrus,
}

JUDGED = frozenset(_RULES) | _CLOSING | {"'import'", "'*'"}
"""The terminals that may be refused where features of the language are not being listed."""

"""What denotes numbers of a kind: `positive integers n less than 100 that are divisible by 3`."""

from collections.abc import Callable

from math_solver.reading import Name, Relation, Tree, letters
from math_solver.reading.tree import substituted

from .conditions import ADJECTIVES, Conditions, digit_bounds
from .cursor import NUMBER
from .formulas import Unread
from .nodes import Condition, Described, Either, Holds
from .values import number_tree

_SUCH = (
    r"(?:such that|so that|for which|that satisf(?:y|ies)|satisfying|which satisf(?:y|ies)"
    r"|satisf(?:y|ies)|where|in which|if|when|with|that make|making|that solves?|will satisfy)"
)
_SYSTEM = (
    r"(?:the )?(?:following )?(?:both )?(?:of )?(?:the )?(?:real )?(?:congruences?|equations?"
    r"|inequalit(?:y|ies)|system(?: of equations)?"
    r"|conditions?|relations?|statements?)(?: of)?(?: is true)?:?"
)


_NOUNS = frozenset({"integer", "prime", "whole", "natural"})
_MORE = (
    rf"(?:(?:{'|'.join(ADJECTIVES)}|perfect|{NUMBER}[- ]digit)[ ,-]|(?:numbers?|integers?"
    rf"|values?"
    rf"|solutions?"
    r"|roots?|multiples?|divisors?|factors?|zeros?|squares?|cubes?|palindromes?|pairs?)\b)"
)
_NOT_OF = r"(?!of|that|such|which|for|with|so|if|and|or)\S"
"""What may follow a word that is a noun as well as an adjective, and any other adjective."""


class Descriptions(Conditions):
    """Reads adjectives, a noun, letters, and what is said behind them."""

    anonymous = 0
    verb_follows = False
    """Whether the verb behind a description belongs to what is said of it, and not to it."""

    def fresh(self) -> str:
        """Return a new letter for what has no name."""
        self.anonymous += 1
        return f"n_{self.anonymous}"

    def description(self) -> Described:
        """Read a description. Raises `Unread`."""
        return self.first(self._pairs, self._listed, self._kinded, self._solutions)

    # --- numbers of a kind

    def _kinded(self) -> Described:
        told: list[Callable[[str], tuple[Condition, ...]]] = []
        self.take("distinct|different|possible|such")
        while True:
            if digits := self.take(rf"({NUMBER})[- ]digit"):
                from .cursor import spoken

                count = int(spoken(digits[1]))
                told.append(
                    lambda name, count=count: (*digit_bounds(name, count), _holds("integer", name))
                )
            elif kind := next(
                (
                    k
                    for source, k in ADJECTIVES.items()
                    if self.sees(rf"(?:{source})(?=,?[- ]{_MORE if k in _NOUNS else _NOT_OF})")
                    and self.take(source)
                ),
                None,
            ):
                self.sign("-,")
                told.append(lambda name, kind=kind: (_holds(kind, name),))
            elif self.take("distinct|different|possible"):
                continue
            else:
                break
        noun = self._noun()
        named = self.attempt(self.letter)
        bounded = self.attempt(self._bounded_letter) if named is None else None
        name, bounds = bounded or (named or self.fresh(), ())
        about = Name(name=name)
        conditions = [one for tell in told for one in tell(name)] + [*noun(name), *bounds]
        conditions += self._behind(about)
        return Described(letters=(name,), conditions=tuple(conditions))

    def _bounded_letter(self) -> tuple[str, tuple[Condition, ...]]:
        """A letter with its bounds: `integers «1 <= n <= 100»`."""
        found = self.formula().relations
        names = {n for one in found for n in letters(one)}
        sides = {side.name for one in found for side in (one.left, one.right)
                 if isinstance(side, Name)}  # fmt: skip
        if len(names) != 1 or names != sides or any(one.operator == "=" for one in found):
            raise Unread("no bounds of one letter")
        return names.pop(), found

    def _noun(self) -> Callable[[str], tuple[Condition, ...]]:
        """Read the noun; what it says of a letter."""
        for source, kinds in (
            ("integers?|integer values?|integral values?|integer solutions? for", ("integer",)),
            ("whole numbers?", ("whole",)),
            ("(?:natural|counting) numbers?", ("natural",)),
            ("prime numbers?|primes", ("prime",)),
            ("palindromes?", ("palindrome",)),
            ("(?:perfect )?square numbers|perfect squares?|squares", ("square", "natural")),
            ("perfect cubes?|cubes", ("cube", "natural")),
        ):
            if self.take(source):
                self.take("values?")
                self.take("of|for") if self.sees(r"(?:of|for) «\d+»") else None
                return lambda name, kinds=kinds: tuple(_holds(k, name) for k in kinds)
        if self.take("(?:common )?(?:integer )?multiples? of"):
            many = self.values()
            return lambda name: (
                _holds("integer", name),
                *(Holds(kind="multiple", arguments=(Name(name=name), m)) for m in many),
            )
        if self.take(
            "common (?:positive )?(?:integer )?(?:divisors?|factors?) of|"
            "(?:integer )?(?:divisors?|factors?) of|common (?:divisors?|factors?) of"
        ):
            many = self.values()
            return lambda name: (
                _holds("integer", name),
                *(Holds(kind="divisor", arguments=(Name(name=name), m)) for m in many),
            )
        if self.take("values? (?:of|for)(?= «)"):
            return lambda _name: ()
        if self.take("digits?(?= «)"):
            return lambda name: (_holds("integer", name), *digit_bounds(name, 1))
        if self.take("numbers?|constants?"):
            return lambda name: (_holds("real", name),)
        if self.sees(r"«\d+»"):
            place = self.at
            self.letter()
            self.at = place
            return lambda _name: ()
        raise Unread(f"no noun at {self.text[self.at : self.at + 30]!r}")

    def _behind(self, about: Tree) -> list[Condition]:
        """Read what stands behind a noun and its letter."""
        found: list[Condition] = []
        while not self.done:
            place = self.at
            self.sign(",")
            self.take("and|but")
            more = self.attempt(lambda: self._clause(about))
            if more is None:
                self.at = place
                break
            found += more
        return found

    def _clause(self, about: Tree) -> tuple[Condition, ...]:
        if self.verb_follows and self.sees("is|are|will be"):
            raise Unread("the verb of the sentence")
        if self.take("in the (?:list|set|sequence) of|among the"):
            raise Unread("a list")
        if self.take(
            "(?:that |which )?(?:are|is) (?:the |an? )?(?:real )?(?:solutions?|roots?|zeros?)"
            " (?:to|of|for)(?: the)?(?: following)?"
            "(?: equation| polynomial)?:?"
        ):
            found = self.formula()
            if found.value is not None:
                return (Relation(operator="=", left=found.value, right=number_tree(0)),)
            return found.conditions or self._nothing()
        if self.take("(?:that|which|who|they|it|whose) (?:are|is)(?: all| each| both)?|are|is"):
            return self.conditions(about)
        if self.take("can be (?:written|expressed) as"):
            raise Unread("a form")
        if self.sees("(?:whose|such that the|such that its|for which the)"):
            return self._whose(about)
        if self.take(_SUCH):
            if self.take(_SYSTEM):
                self.take("is|are")
            return self._told(about)
        if self.take("(?:do|does) not satisfy"):
            raise Unread("a denial")
        if self.take("that|which|will|must|who|do|does"):
            return self.conditions(about)
        if self.sees(r"«\d+»"):
            return self._apposed()
        return self.conditions(about)

    def _apposed(self) -> tuple[Condition, ...]:
        """A relation right behind the noun: `integers «n > 3»`."""
        found = self.formula()
        if not found.conditions:
            raise Unread("no condition")
        return found.conditions

    def _whose(self, about: Tree) -> tuple[Condition, ...]:
        """`whose digits sum to 9`, `whose square is less than 50`."""
        if self.take("whose digits (?:all )?(?:sum|add(?: up)?) to"):
            from .nodes import call

            return (Relation(operator="=", left=call("digit sum", about), right=self.value()),)
        if self.take("whose digits are all (?:different|distinct)"):
            return (Holds(kind="distinct digits", arguments=(about,)),)
        from .nodes import call

        self.need("whose|such that (?:the|its)|for which the")
        for source, kind in (
            ("(?:units|ones|last) digit", "units digit"),
            ("tens digit", "tens digit"),
            ("hundreds digit", "hundreds digit"),
            ("sum of (?:its |the )?digits|digit sum|digits' sum", "digit sum"),
            ("digits have a sum of", "digit sum of"),
            ("square root", "sqrt"),
            ("absolute value", "abs"),
        ):
            if self.take(source):
                subject = call(kind.removesuffix(" of"), about)
                break
        else:
            power = self.need("square|cube").group().lower()
            from .formulas import binary

            subject = binary("^", about, number_tree(2 if power == "square" else 3))
        if self.take("is|are|equals|equal to"):
            return self._being(subject)
        return (Relation(operator="=", left=subject, right=self.value()),)

    def _being(self, subject: Tree) -> tuple[Condition, ...]:
        """What stands behind `is`: a condition, or a value."""
        found = self.attempt(lambda: self.conditions(subject))
        if found is not None and (
            self.done
            or self.sees("and|,|what|how|find|then|if|for")
            or self.text[self.at] in ",.;?"
        ):
            return found
        return (Relation(operator="=", left=subject, right=self.value()),)

    def _told(self, about: Tree | None) -> tuple[Condition, ...]:
        """Read statements that hold, joined by `and`."""
        found = list(self.statement(about))
        while True:
            place = self.at
            joined = self.sign(",;")
            joined = self.take("and|but|where") is not None or joined
            self.take("that|such that")
            more = self.attempt(lambda: self.statement(about)) if joined else None
            if more is None:
                self.at = place
                return tuple(found)
            found += more

    def statement(self, about: Tree | None) -> tuple[Condition, ...]:
        """Read what holds: a relation, or a value and what it is. Raises `Unread`."""
        self.take("both|the (?:following )?(?:equations?|inequality|expression|statement)s?(?= «)")
        readers: list[Callable[[], tuple[Condition, ...]]] = [self._formula_holds, self._subject_is]
        if about is not None:
            readers.append(lambda: self._pronoun_is(about))
        return self.first(*readers)

    def _formula_holds(self) -> tuple[Condition, ...]:
        found = list(self.formula().conditions)
        if not found or self.sees("(?:is|are|has|have|leaves) "):
            raise Unread("no relation")
        self.take("(?:is|are) (?:true|satisfied)|hold(?:s)?(?: true)?")
        if self.take("for (?:all|every|any)"):
            raise Unread("an identity")
        if self.take("or"):
            other = self.formula().conditions
            return (Either(options=(tuple(found), other)),)
        return tuple(found)

    def _subject_is(self) -> tuple[Condition, ...]:
        """`«x + 1» is a multiple of 3`; `«a» and «b» are positive integers`."""
        self.take("the (?:expression|function|quantity|fraction|number|integer|value of)(?= «)")
        subjects = self._subjects()
        if len(subjects) == 1 and self.take("(?:is|be) (?:not defined|undefined)"):
            return (Holds(kind="undefined", arguments=subjects),)
        if self.take("(?:is|are) not (?=(?:positive|negative)(?: |[.?,]|$))"):
            kind = self.need("positive|negative").group().lower()
            return tuple(Holds(kind=kind, arguments=(one,), negated=True) for one in subjects)
        found: list[Condition] = []
        verb = self.take("(?:is|are)(?: both| each| all| also| to be)?")
        place = self.at
        if verb is None:
            verb = self.take("equals?")
            if verb is not None:
                if len(subjects) != 1:
                    raise Unread("several values are one")
                return (Relation(operator="=", left=subjects[0], right=self.value()),)
        for subject in subjects:
            self.at = place
            found += self.conditions(subject) if verb is None else self._being(subject)
        return tuple(found)

    def _subjects(self) -> tuple[Tree, ...]:
        many = self.attempt(self._many_subjects)
        return many if many is not None else (self.value(),)

    def _many_subjects(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while True:
            here = self.formula()
            trees = here.values or ((here.value,) if here.value is not None else ())
            if not trees:
                raise Unread("no values")
            found += trees
            comma = self.sign(",")
            if not (self.take("and|or") or comma):
                break
        if len(found) < 2:
            raise Unread("one value")
        return tuple(found)

    def _pronoun_is(self, about: Tree) -> tuple[Condition, ...]:
        """`it is even`, `the number is a multiple of 3`."""
        self.take("it|they|the numbers?|the integers?|each")
        self.take("is|are")
        return self.conditions(about)

    # --- tuples

    def _pairs(self) -> Described:
        """`ordered pairs «(x, y)» of positive integers such that …`."""
        found = self.need(
            r"(?:distinct |different |possible |real |integer |integral )*(ordered |unordered )?"
            r"(?:pairs?|triples?|triplets?|quadruples?|quadruplets?|tuples?|sets?|points?"
            r"|solutions?)"
        )
        told: list[str] = [k for k in ("integer", "real") if k in found.group().lower()]
        self.take("of (?:the )?form")
        names = self._tuple_letters() if self.sees(r"«\d+»") else ()
        kinds: list[str] = []
        if self.take("of|in"):
            while kind := next((k for s, k in ADJECTIVES.items() if self.take(s)), None):
                kinds.append(kind)
                self.sign(",")
            noun = self.need("integers?|numbers?|whole numbers?|primes?|digits").group().lower()
            kinds += {"i": ["integer"], "p": ["prime"], "w": ["whole"]}.get(noun[0], [])
        if not names:
            self.take("(?:of (?:the )?form)?")
            names = self._tuple_letters()
        conditions: list[Condition] = [_holds(k, n) for n in names for k in (*told, *kinds)]
        while not self.done:
            place = self.at
            self.sign(",")
            self.take("and|of|are there|exist")
            if self.take("are there|exist(?:s)?"):
                continue
            more = self.attempt(self._tuple_clause)
            if more is None:
                self.at = place
                break
            conditions += more
        unordered = (found[1] or "").strip().lower() == "unordered"
        if len(names) < 2:
            raise Unread("one letter is no pair")
        return Described(letters=names, conditions=tuple(conditions), unordered=unordered)

    def _tuple_letters(self) -> tuple[str, ...]:
        found = self.formula()
        trees = found.point or found.values
        names = tuple(t.name for t in trees if isinstance(t, Name))
        if not names or len(names) != len(trees) or len(set(names)) != len(names):
            raise Unread("letters are needed")
        return names

    def _tuple_clause(self) -> tuple[Condition, ...]:
        if self.take("(?:to|of) (?:the )?(?:equation|system(?: of equations)?)?:?(?= ?«)"):
            return self.formula().conditions or self._nothing()
        if self.take(_SUCH):
            if self.take(_SYSTEM):
                self.take("is|are")
            self.take("both")
            return self._told(None)
        if self.take("where|with|,"):
            return self._told(None)
        return self.formula().conditions or self._nothing()

    def _nothing(self) -> tuple[Condition, ...]:
        raise Unread("nothing is said")

    def _listed(self) -> Described:
        """`elements of «{1, 2, 3}»`, `numbers in the set …`, `of the numbers …`."""
        self.take("(?:of )?(?:the )?(?:elements?|numbers?|integers?|members?)")
        self.need("(?:of|in|from|among)(?: the)?(?: set| list)?")
        self.take("the (?:numbers|integers)")
        listed = self.values()
        if len(listed) < 2:
            raise Unread("a list is needed")
        return Described(listed=listed)

    # --- solutions

    def _solutions(self) -> Described:
        """`real solutions of «x^2 = 4»`, `roots of «x^2 - 4»`, `the solutions to the equation`."""
        told: list[str] = []
        self.take("(?:all )?(?:the )?(?:distinct|different|possible|two|three|unique)?")
        while kind := next((k for s, k in ADJECTIVES.items() if self.take(s)), None):
            told.append(kind)
            self.take("distinct|different")
        word = self.need("solutions?|roots?|zeros?|zeroes|values?(?= that satisf)").group().lower()
        name = self.letter() if self.sees(r"«\d+»") and not self.sees("«[^»]*» ?[.?]?$") else ""
        self.take("(?:for|in)(?= «)")
        if not name:
            name = self.attempt(self.letter) or ""
        self.need(
            r"(?:of|to|for|are there (?:to|of|for)|does|that satisf(?:y|ies)|satisfying|exist for"
            r"|in)(?: the)?(?: following)?(?: (?:equation|function|polynomial|quadratic|expression"
            r"|congruence|system))*:?"
        )
        found = self.formula()
        conditions = list(found.conditions)
        if found.function is not None:
            own, body = found.function[1], found.function[2]
            conditions = [Relation(operator="=", left=body, right=number_tree(0))]
            name = own[0]
        if found.value is not None:
            conditions = [Relation(operator="=", left=found.value, right=number_tree(0))]
        if not conditions:
            raise Unread("no equation")
        names = list(
            dict.fromkeys(
                n
                for c in conditions
                if isinstance(c, Relation)
                for n in letters(c)
                if not n.startswith("u_")
            )
        )
        name = name or (names[0] if len(names) == 1 else "x" if "x" in names else "")
        self.take("have|exist")
        if not name:
            raise Unread("for which letter is not said")
        conditions += [_holds(kind, name) for kind in told]
        conditions += self._behind(Name(name=name))
        if word.startswith(("root", "zero")) and not told:
            conditions.append(_holds("root", name))
        return Described(letters=(name,), conditions=tuple(conditions))


def _holds(kind: str, name: str) -> Holds:
    return Holds(kind=kind, arguments=(Name(name=name),))


def renamed(described: Described, name: str) -> Described:
    """Return a description of one letter with another name for it."""
    put = {described.letters[0]: Name(name=name)}
    return Described(
        letters=(name,),
        conditions=tuple(put_in(one, put) for one in described.conditions),
        element=described.element,
    )


def put_in(condition: Condition, put: "dict[str, Name]") -> Condition:
    """Put names in the place of letters."""
    match condition:
        case Holds():
            return Holds(
                kind=condition.kind,
                negated=condition.negated,
                arguments=tuple(substituted(t, put) for t in condition.arguments),
            )
        case Either():
            return Either(
                options=tuple(tuple(put_in(c, put) for c in option) for option in condition.options)
            )
        case _:
            return Relation(
                operator=condition.operator,
                left=substituted(condition.left, put),
                right=substituted(condition.right, put),
            )

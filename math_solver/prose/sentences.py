"""A question in prose, sentence by sentence: what holds, what is defined, and what is asked."""

import re
from collections.abc import Callable, Sequence

from assistants.errors import InputError
from math_solver.reading import Call, Name, Relation, Tree, letters
from math_solver.reading.tree import walk

from .chunks import form_of, masked
from .cursor import spoken
from .descriptions import renamed
from .formulas import Formula, Formulas, Unread, binary, function_letters
from .nodes import Condition, Described, Function, Holds, Pick, Problem, call, trees_of
from .statements import Statements, all_different
from .values import number_tree

MAX_SENTENCES, MAX_UNKNOWNS = 8, 4
_FIND = (
    r"(?:what(?:'s| is| are| was| will be| must be| would be| could be)|find|compute|determine"
    r"|evaluate|calculate|give"
    r"|enter|state|what does|solve for|simplify|list|name|identify)"
)
_LEADS = (
    r"(?:let|suppose(?: that)?|given(?: that)?|assume(?: that)?|if|we have(?: that)?|consider"
    r"|define"
    r"|we are given that|we know that|assuming(?: that)?|for|when|where|it is given that|and|also"
    r"|furthermore|in addition)"
)
_ORDERED = (
    r"(?:the )?(?:ordered )?(?:pair|triple|triplet|quadruple|list)(?: of (?:positive |real"
    r" )?(?:integers|numbers))?"
)


class Sentences(Statements):
    """Reads whole sentences; remembers what they say."""

    def __init__(self, formulas: Sequence[Formula | None], functions: frozenset[str]) -> None:
        super().__init__(formulas)
        self.letters_of_functions = functions
        self.told: list[Condition] = []
        self.functions: list[Function] = []
        self.goal: tuple[Tree, ...] | Pick | None = None
        self.extreme = ""
        self.form = ""

    # --- statements

    def state(self, sentence: str) -> None:
        """Read a sentence that says what holds. Raises `Unread`."""
        self.begin(sentence)
        self._statements()
        if not self.done:
            raise Unread(f"not understood from {self.text[self.at : self.at + 40]!r}")

    def _statements(self) -> None:
        """Read statements up to where a request, or the end, stands."""
        self.take("here|now|again|then|so")
        while self.take(_LEADS):
            self.sign(",")
        self._one_statement()
        while not self.done:
            place = self.at
            comma = self.sign(",;:.")
            joined = self.take(
                "and|but|where|with|while|such that|so that|for which|that satisfy|for(?= some)"
                "|satisfying|which satisfies?|that satisfies|satisf(?:y|ies)"
            )
            self.take(
                "if|let|that|suppose(?: that)?|given that|the (?:system of )?equations?(?= «)"
            )
            if not (comma or joined) or self.sees(
                rf"(?:then )?{_FIND}|how many|for how many|for what"
            ):
                self.at = place
                return
            if self.attempt(self._one_statement_done) is None:
                self.at = place
                return

    def _one_statement_done(self) -> bool:
        self._one_statement()
        return True

    def _one_statement(self) -> None:
        reads: tuple[Callable[[], bool], ...] = (
            self._function_defined,
            self._named,
            self._declared,
            self._domain,
            self._existing,
            self._holding,
        )
        self.first(*reads)

    def _function_defined(self) -> bool:
        self.take("the (?:function|polynomial|operation)s?(?= «[^»]*» ?(?:«|is|be|by|satisf))")
        if self.take("the (?:real |quadratic |linear )?functions?"):
            pass
        place = self.at
        head = self.attempt(self.formula)
        if head is not None and head.function is None and isinstance(head.value, Name | Call):
            if not self.take(
                "(?:is |be )?(?:a function )?(?:defined|given)(?: by| as| to be)?(?: the"
                " formula)?:?"
                "|be the function|is the function"
            ):
                self.at = place
        else:
            self.at = place
        found = self.formula()
        if found.function is None:
            raise Unread("no definition")
        name, own, body = found.function
        if name in {one.name for one in self.functions} or name in {
            n.function for n in walk(body) if isinstance(n, Call)
        }:
            raise Unread("the function is known already")
        free = set(letters(body)) - set(own)
        if free & set(own):
            raise Unread("a letter is used twice")
        self.functions.append(Function(name=name, letters=own, body=body))
        self.take(
            "for (?:all|every|any|each)(?: real| positive| nonnegative| integer)*(?: numbers?|"
            " values? of| integers?)?(?: «[^»]*»)?"
        )
        return True

    def _named(self) -> bool:
        """`«n» be the smallest integer such that …`, `«S» is the sum of …`."""
        name = self.letter()
        self.need("be|is|denote|represent|equals?")
        self.need("(?=the|an? (?:integer|number) (?:equal|such))") if self.sees("the") else None
        if not self.sees("the "):
            raise Unread("no value")
        tree = self.value()
        if name in letters(tree):
            raise Unread("a letter defined by itself")
        self.told.append(Relation(operator="=", left=Name(name=name), right=tree))
        return True

    def _declared(self) -> bool:
        """`«x» and «y» be positive integers such that …`; `the integer «n» is even`."""
        names = self.letters()
        self.sign(",")
        self.take("both|each|all")
        self.need("be|are|is|denote|represents?")
        self.take("both|each|all|any|two|three|four|the")
        self.take("an?|some|fixed")
        if self.take("(?:distinct |different )"):
            self._all_different(names)
        described = self.first(self._kinded)
        if described.listed is not None or len(described.letters) != 1:
            raise Unread("no kind of number")
        for name in names:
            self.told += renamed(described, name).conditions
        if re.search(r"\b(?:distinct|different)\b", self.text[: self.at], re.IGNORECASE):
            self._all_different(names)
        return True

    def _all_different(self, names: Sequence[str]) -> None:
        self.told += [one for one in all_different(names) if one not in self.told]

    def _existing(self) -> bool:
        """`there are 12 ordered pairs of integers «(x, y)» that satisfy «eq»`."""
        self.need("there (?:are|is|exists?)")
        self.take("an?|exactly|some")
        self.attempt(self.number)
        described = self.description()
        if described.listed is not None or any(n.startswith("n_") for n in described.letters):
            raise Unread("no letters")
        self.told += described.conditions
        return True

    def _domain(self) -> bool:
        """`(for) positive integers «m» and «n»`, `real numbers «x»`."""
        self.take("some|all|any|the|two|three|an?")
        self.take("distinct|different")
        described = self.first(self._kinded)
        names = list(described.letters)
        if names[0].startswith("n_") or not described.conditions:
            raise Unread("no letters, or nothing said of them")
        while self.take("and") or self.sign(","):
            names.append(self.letter())
        for name in names:
            self.told += renamed(described, name).conditions
        if re.search(r"\b(?:distinct|different)\b", self.text[: self.at], re.IGNORECASE):
            self._all_different(names)
        return True

    def _holding(self) -> bool:
        self.told += self.statement(None)
        return True

    # --- requests

    def ask(self, sentence: str) -> None:
        """Read the sentence that asks, and the conditions in it. Raises `Unread`."""
        reads = (self._plain_request, self._conditions_first)
        for read in reads:
            self.begin(sentence)
            before = (list(self.told), list(self.functions), dict(self.picks))
            try:
                read()
            except InputError:
                self.told, self.functions, self.picks = before
                continue
            if self.done and self.goal is not None:
                return
            self.told, self.functions, self.picks = before
        raise Unread(f"not understood: {sentence[:60]!r}")

    def _conditions_first(self) -> None:
        if not self.sees(_LEADS) and not self.sees(r"«\d+»|the|there|both"):
            raise Unread("no condition")
        self._statements()
        self.sign(",.;")
        self.take("then|and|so")
        self._plain_request()

    def _plain_request(self) -> None:
        self.take("then|please|in other words,?|now")
        self.sign(",")
        self.extreme = ""
        self.goal = self.first(
            self._prime_factors,
            self._domain_of,
            self._how_many,
            self._for_which,
            self._solve,
            self._nearest_multiple,
            self._which,
            self._all_of,
            self._chance,
            self._possible,
            self._ordered,
            self._based,
            self._asked_value,
            self._only_one,
        )
        self._conditions_behind()

    def _conditions_behind(self) -> None:
        while not self.done:
            self.sign(",")
            self.need(
                "if|when|given(?: that)?|where|for|such that|assuming(?: that)?|and|so that|with"
                "|in terms of (?!«)|provided(?: that)?|over all|whenever|satisfying|that"
                " satisf(?:y|ies)"
            )
            self._statements()

    def _how_many(self) -> Pick:
        self.need("(?:what is |find |determine |compute )?(?:how many|the (?:total )?number of)")
        if self.sees("of the (?:first|smallest|least|\\d+)"):
            return Pick(kind="count", of=self._of_the_first())
        self.take("different|distinct|possible|of the|such")
        return Pick(kind="count", of=self._described_to_the_end())

    def _of_the_first(self) -> Described:
        """`how many of the first 200 positive integers are multiples of 3`."""
        self.need("of the")
        ahead = self.take("first|smallest|least")
        last = number_tree(self.whole())
        if not (ahead or self.take("smallest|least")):
            raise Unread("which of the numbers is not said")
        self.need("positive integers|natural numbers|counting numbers|positive whole numbers")
        name = self.fresh()
        about = Name(name=name)
        self.take("are|is|will be")
        told = self.conditions(about)
        bounds = (
            Holds(kind="natural", arguments=(about,)),
            Holds(kind="integer", arguments=(about,)),
            Relation(operator="<=", left=about, right=last),
        )
        return Described(letters=(name,), conditions=(*bounds, *told))

    def _described_to_the_end(self):  # noqa: ANN202
        described = self.description()
        if self.take(
            "(?:are|is) there(?: in all)?|exist|do (?:you|we) (?:have|get)|have this property"
        ):
            more = (
                self._behind(Name(name=described.letters[0])) if len(described.letters) == 1 else []
            )
            described = type(described)(
                letters=described.letters,
                conditions=(*described.conditions, *more),
                listed=described.listed,
                unordered=described.unordered,
            )
        return described

    def _for_which(self) -> Pick:
        """`for how many integers «n» is …`, `for what value of «x» does … hold`."""
        found = self.need("for (how many|what|which)")
        kind = "count" if "how" in found[1].lower() else "only"
        described = self.description()
        if described.listed is not None or len(described.letters) != 1:
            raise Unread("one letter is needed")
        if "values" in found.string[found.end() :][:24] and kind == "only":
            kind = "all"
        self.take("is it true that|will|would")
        told: tuple[Condition, ...]
        if self.sees(
            "(?:is|are|does|do) (?:the )?(?:equation|quadratic|polynomial)?.*(?:have|has)"
        ) and ((solved := self.attempt(self._having_solutions)) is not None):
            told = solved
        elif self.take("is|are|does|do"):
            self.take("the expression(?= «)")
            subject = self.value()
            if self.take("undefined|not defined"):
                told = (Holds(kind="undefined", arguments=(subject,)),)
                return Pick(
                    kind=kind,
                    of=Described(
                        letters=described.letters, conditions=(*described.conditions, *told)
                    ),
                )
            self.take("be|equal to") if not self.sees(
                "(?:be )?(?:equal to|an?|positive)"
            ) else self.take("be")
            told = self.attempt(lambda: self._being(subject)) or (
                Relation(operator="=", left=subject, right=self.value()),
            )
        else:
            told = self._told(Name(name=described.letters[0]))
        return Pick(
            kind=kind,
            of=type(described)(
                letters=described.letters, conditions=(*described.conditions, *told)
            ),
        )

    def _solve(self) -> Pick:
        """`solve the equation «eq» for «x»`, `solve «eq»`."""
        self.need("solve")
        name = ""
        if self.take("for"):
            self.take("the variable|all(?: real)?(?: values of)?")
            name = self.letter()
            self.sign(":,.")
            self.take("in|given|if|where|when")
        self.take(
            "the (?:following )?(?:(?:simultaneous |linear )?(?:equation|inequality|congruence)s?"
            "|system(?: of (?:linear )?(?:equations|congruences))?)|for"
        )
        self.sign(":,")
        conditions = self.formula().conditions
        while self.take("and(?= «)") or (self.sees(", «") and self.sign(",")):
            conditions += self.formula().conditions
        if self.take("for"):
            self.take("the variable|all(?: real)?(?: values of)?")
            name = self.letter()
        names = list(dict.fromkeys(n for c in conditions for t in trees_of(c) for n in letters(t)))
        if not name and 1 < len(names) == len(conditions) <= MAX_UNKNOWNS:
            return Pick(
                kind="all", of=Described(letters=tuple(sorted(names)), conditions=conditions)
            )
        if not name and len(names) == 1:
            name = names[0]
        if not conditions or name not in names:
            raise Unread("what to solve for is not clear")
        return Pick(kind="all", of=Described(letters=(name,), conditions=conditions))

    def _based(self) -> tuple[Tree, ...]:
        """`what is «54321_6» in base 10`, `express «…» in base 4`."""
        self.need("what is|find|express|compute|convert|write|evaluate|calculate|give")
        ahead = self.take(
            "the base[- ](\\w+) (?:representation|equivalent|form|number|value) (?:of|equal to)"
            "|in base (\\w+),?"
        )
        tree = self.value()
        if ahead is None:
            ahead = self.need(
                "(?:as an? )?(?:in|to|as a(?: number in)?|into) base[- ](\\w+)(?: form|"
                " notation)?( )?"
            )
        base = next((g for g in ahead.groups() if g and g.strip()), "")
        self.form = f"base {int(spoken(base))}"
        return (tree,)

    def _chance(self) -> tuple[Tree, ...]:
        """`the probability that a randomly chosen two-digit integer is prime`."""
        self.need("(?:what is|find|compute|determine|calculate) the probability that")
        self.need("an?|the")
        self.need("randomly (?:selected|chosen|picked)|random(?:ly)?")
        self.verb_follows = True
        whole = self.attempt(self.description)
        self.verb_follows = False
        if whole is None or len(whole.letters) != 1:
            raise Unread("one number is chosen")
        self.take("is|will be|that is")
        told = self.conditions(Name(name=whole.letters[0]))
        part = Described(letters=whole.letters, conditions=(*whole.conditions, *told))
        counts = [self.named(Pick(kind="count", of=one)) for one in (part, whole)]
        return (binary("/", *counts),)

    def _having_solutions(self) -> tuple[Condition, ...]:
        self.need("does|do")
        return self.solution_count()

    def _prime_factors(self) -> tuple[Tree, ...]:
        """`how many different prime factors does 90 have`."""
        self.need("how many")
        found = self.need(
            "(?:(?:distinct|different|positive|integer|integral) )*(prime )?(?:factors|divisors"
            "|primes)"
            "(?= does| are in the)"
        )
        prime = found[1] is not None or "primes" in found.group()
        if self.take("are in the prime factorization of"):
            inner = self.value()
        else:
            self.need("does")
            inner = self.value()
            self.need("have")
        plain = prime and not re.search("distinct|different", found.group())
        if plain and "prime" in found.group() and "primes" not in found.group():
            raise Unread("whether repeated factors count is not said")
        return (call("prime factor count" if prime else "divisor count", inner),)

    def _domain_of(self) -> Pick:
        """`the domain of the function «f(x) = …»`."""
        self.need(
            "(?:what is|find|determine|state|give|compute) the domain of(?: the)?(?: real"
            "[- ]valued)?"
            "(?: function| expression)?"
        )
        found = self.formula()
        body = found.function[2] if found.function else found.value
        if body is None and len(found.relations) == 1:
            body = found.relations[0].right
        if isinstance(body, Call) and body.function in {one.name for one in self.functions}:
            body = next(one.body for one in self.functions if one.name == body.function)
        names = letters(body) if body is not None else ()
        if body is None or len(names) != 1:
            raise Unread("one letter is needed")
        told = Holds(kind="defined", arguments=(body,))
        return Pick(kind="all", of=Described(letters=names, conditions=(told,)))

    def _nearest_multiple(self) -> tuple[Tree, ...]:
        """`what multiple of 15 is closest to 2009`."""
        self.need("what|which|find the|what is the|determine the")
        self.take("positive|integer")
        self.need("multiple of")
        of = self.value()
        self.take("that")
        self.need("is (?:the )?(?:closest|nearest) to|(?:closest|nearest) to")
        return (binary("*", of, call("nearest", binary("/", self.value(), of))),)

    def _which(self) -> Pick:
        """`what positive integer «x» satisfies …`, `which multiple of 7 is …`."""
        self.need("what|which")
        described = self.first(self._kinded)
        if not described.conditions:
            raise Unread("nothing is said")
        return Pick(kind="only", of=described)

    def _all_of(self) -> Pick:
        """`find all real numbers «x» such that …`."""
        self.need(
            rf"{_FIND}(?: all| every| each)(?: of)?(?: the)?|what are (?:all )?(?:of"
            rf" )?(?:the"
            rf" )?"
            rf"|solve for all"
        )
        self.take("possible|different|distinct")
        return Pick(kind="all", of=self.description())

    def _possible(self) -> tuple[Tree, ...]:
        """`the smallest possible value of «x + y»`: an extreme over all that is possible."""
        self.need(_FIND)
        self.take("the")
        kinds = (
            ("(?:smallest|least|minimum|lowest)", "least"),
            ("(?:largest|greatest|maximum|highest|biggest)", "greatest"),
            ("(?:sum|total) of (?:all )?(?:of )?(?:the )?", "sum"),
            ("product of (?:all )?(?:of )?(?:the )?", "product"),
            ("number of", "count"),
            ("all(?: of)?(?: the)?", "all"),
            ("", "all"),
        )
        source, kind = next((s, k) for s, k in kinds if not s or self.take(s.strip()))
        self.take("distinct|different")
        word = self.need(
            "(?:possible )?(?:real )?(positive )?(integer |integral )?(?:possible )?"
            "(?:values? (?:of|for|that)|(?:sum|product|value)(?= «))"
        )
        if (
            kind in {"all", "sum", "product", "count"}
            and "possible" not in word.group()
            and ("values" not in word.group() or not source)
        ):
            raise Unread("one value")
        self.take("the (?:expression|quantity|sum|product)(?= «)")
        tree = self.value()
        if isinstance(tree, Name) and not self.done and self.sees(_LEADS + "|such|for|that|so"):
            raise Unread("a description")
        for kind_of, said in (("positive", word[1]), ("integer", word[2])):
            if said:
                self.told.append(Holds(kind=kind_of, arguments=(tree,)))
        self.extreme = kind
        return (tree,)

    def _ordered(self) -> tuple[Tree, ...]:
        self.need(_FIND)
        self.need(_ORDERED)
        found = self.formula()
        if not found.point:
            raise Unread("no pair")
        if self.take("of (?:positive |real |nonzero )*(?:integers|numbers)"):
            kinds = [
                k for k in ("positive", "nonzero", "real") if k in self.text[: self.at].lower()
            ]
            kinds += ["integer"] if re.search("integers *$", self.text[: self.at]) else []
            self.told += [Holds(kind=k, arguments=(t,)) for t in found.point for k in kinds]
        return found.point

    def _asked_value(self) -> tuple[Tree, ...]:
        self.need(_FIND)
        self.take("the (?:constant|letter)(?= «)")
        several = self.attempt(self._several_letters)
        if several is not None:
            return several
        tree = self.value()
        self.take("equal(?: to)?")
        return (tree,)

    def _several_letters(self) -> tuple[Tree, ...]:
        found = self.formula()
        if not found.point or not self.done:
            raise Unread("no point")
        return found.point

    def _only_one(self) -> Pick:
        """`find the positive integer «n» such that …`."""
        self.need(rf"{_FIND}(?: the| an?)?(?: unique| only)?")
        described = self.description()
        if not described.conditions:
            raise Unread("nothing is said")
        return Pick(kind="only", of=described)


def read_problem(original: str) -> Problem | None:
    """Return what a question comes to; None where a part of it is not read."""
    split = masked(original)
    form = form_of(split.orders)
    if not 1 <= len(split.sentences) <= MAX_SENTENCES or form is None:
        return None
    functions = function_letters(split.formulas)
    reader = Formulas(functions)
    formulas: list[Formula | None] = []
    for source in split.formulas:
        try:
            formulas.append(reader.read(source))
        except InputError:
            return None
    sentences = Sentences(formulas, functions)
    try:
        for sentence in split.sentences[:-1]:
            sentences.state(sentence)
        sentences.ask(split.sentences[-1])
    except InputError:
        return None
    if sentences.goal is None or (reader.bases and not (sentences.form or form)):
        return None
    problem = Problem(
        source=original,
        conditions=tuple(dict.fromkeys((*sentences.told, *reader.inverse))),
        functions=tuple(sentences.functions),
        picks=sentences.picks,
        goal=sentences.goal,
        extreme=sentences.extreme if not isinstance(sentences.goal, Pick) else "",
        form=sentences.form or form,
        assumptions=tuple(dict.fromkeys(reader.assumptions)),
    )
    return problem if _is_grounded(problem) else None


def _is_grounded(problem: Problem) -> bool:
    """Whether something is said of what is asked, or it is a number by itself."""
    known = {n for c in problem.conditions for t in trees_of(c) for n in letters(t)}
    if isinstance(problem.goal, Pick):
        return True
    return all(set(letters(tree)) <= known | set(problem.picks) for tree in problem.goal)

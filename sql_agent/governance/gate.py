"""The gate between a question and its rows: one person, one role, one purpose, one database.

A gate opens for a role of the semantic model and from then on stands in the way of every query: the
target is the role's own database (`restricted`), the tree is checked (`tree_checks`), and for roles
that see no rows each cell is judged by the ledger before it is shown.
"""

import functools
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlglot import exp

from assistants import settings
from assistants.answer import Check, Json, Verdict
from assistants.errors import InputError, QueryRefused
from assistants.model import Cancel
from sql_agent.catalog_reader import fingerprint
from sql_agent.connect import Limits
from sql_agent.database import Target
from sql_agent.execute import Result, execute
from sql_agent.guard import Admitted, admit_tree
from sql_agent.lineage import qualified
from sql_agent.query_tree import Query
from sql_agent.semantic_model import ColumnRef
from sql_agent.workspace import Workspace, open_workspace

from .cells import MOST_ROWS, Units, cells, witness
from .ledger import Ledger
from .masks import Masks
from .policy import Access, Policy, Role
from .policy_file import load_policy
from .restricted import restricted, state_folder
from .tree_checks import check

WITHHELD = "withheld"
_HINT = "ask the data officer which role and purpose are yours"


@dataclass(slots=True, kw_only=True)
class Gate:
    """An opened gate; `decisions` grow with what it decides about one question."""

    access: Access
    original: Target
    policy: Policy
    role: Role
    workspace: Workspace
    masks: Masks
    decisions: list[str] = field(default_factory=list[str])
    refusal: str = ""
    withheld: int = 0
    """How many cells the last answer left out: for the log, never for the one who asks."""
    ledger_folder: Path

    @property
    def target(self) -> Target:
        """The role's own database."""
        return self.workspace.target

    @property
    def check(self) -> Check:
        """What the gate did, as evidence."""
        return Check(
            by="governance", verdict=Verdict.PROVED, detail="; ".join(self.decisions) or "nothing"
        )

    def fitted(self, query: Query) -> Query:
        """Return a reading with what the role may be shown in the place of keys.

        Where rows are shown, each is told by the columns that the role sees of it.
        """
        tables = dict.fromkeys(ref.table for ref in query.shown)
        kept = [ref for ref in query.shown if not self._is_key(ref)]
        if not self.role.rows_shown or len(kept) == len(query.shown) or len(tables) != 1:
            return query
        table = self.workspace.model.table(next(iter(tables)))
        told = [ColumnRef(table.name, c.name) for c in table.columns] if table is not None else []
        reasons = [ref for ref in kept if self._is_reasons(ref)]
        others = [ref for ref in told if not self._is_key(ref) and not self._is_reasons(ref)]
        return replace(query, shown=tuple(dict.fromkeys((*others, *kept, *reasons))))

    def _is_key(self, ref: ColumnRef) -> bool:
        column = self.workspace.model.column(ref)
        return column is not None and column.role == "key"

    def _is_reasons(self, ref: ColumnRef) -> bool:
        return self.policy.reasons is not None and self.policy.reasons.column == ref

    def execute(
        self, admitted: Admitted, limits: Limits, *, cancel: Cancel | None = None
    ) -> Result:
        """Run an admitted query as the role may, and withhold what it may not be told.

        Raises:
            QueryRefused: the role may not ask this; the message says what of it.
            QueryFailed: the engine's word.
        """
        self.withheld = 0
        self.decisions = [f"role {self.role.name}", f"purpose '{self.access.purpose}'"]
        try:
            return self._execute(admitted, limits, cancel)
        except QueryRefused as error:
            self.refusal = str(error)
            self.decisions.append(f"refused: {error}")
            raise

    def _execute(self, admitted: Admitted, limits: Limits, cancel: Cancel | None) -> Result:
        catalog = self.workspace.catalog
        tree = qualified(admitted.tree, catalog)
        check(tree, self.workspace.model, self.masks.generalised(), self.role.dates)
        if self.role.rows_shown:
            self.decisions.append("rows of the role's own database, identifiers left out")
            return execute(self.target, admit_tree(tree, catalog), limits, cancel=cancel)
        units = Units(self.workspace.model, self.workspace.graph, self.policy.person)
        made = witness(tree, units)
        if made is None:
            self.decisions.append("not about persons")
            return execute(self.target, admit_tree(tree, catalog), limits, cancel=cancel)
        whole = tree.copy()
        for name in ("limit", "offset"):
            whole.set(name, None)
        wide = Limits(
            seconds=limits.seconds,
            rows=MOST_ROWS,
            bytes=limits.bytes * 100,
            memory_mb=limits.memory_mb,
            work=limits.work,
        )
        answer = execute(self.target, admit_tree(whole, catalog), limits, cancel=cancel)
        if answer.truncated:
            raise QueryRefused("too many groups to be judged", hint="ask for fewer groups")
        behind = execute(self.target, admit_tree(made.select, catalog), wide, cancel=cancel)
        if behind.truncated:
            raise QueryRefused("more rows than can be audited", hint="ask about fewer")
        universes, judged = cells(made, list(behind.rows), list(answer.rows))
        ledger = Ledger(self.ledger_folder, self.policy.threshold)
        shown = ledger.decide(universes, judged)
        self.withheld = len(shown) - sum(shown)
        if self.withheld:
            self.decisions.append(
                f"withheld: what is about fewer than {self.policy.threshold} persons, or would let "
                "such a count be worked out"
            )
        else:
            self.decisions.append("nothing withheld")
        return _limited(answer, shown, made.positions, tree.args.get("limit"))


def _limited(
    answer: Result, shown: tuple[bool, ...], positions: tuple[int, ...], limit: object
) -> Result:
    """Leave out withheld groups, whose names alone may be somebody's record; cut at the limit.

    A query without groups has one row, which says that its figures are withheld.
    """
    rows: list[tuple[Json, ...]] = [
        row for row, visible in zip(answer.rows, shown, strict=True) if visible
    ]
    if not positions and not all(shown):
        rows = [tuple(WITHHELD for _ in answer.columns)]
    if isinstance(limit, exp.Limit) and limit.expression.name.isdigit():
        rows = rows[: int(limit.expression.name)]
    return Result(columns=answer.columns, rows=tuple(rows), cost=answer.cost)


def open_gate(target: Target, access: Access) -> Gate:
    """Return the gate of a role for a person and a purpose.

    Raises:
        InputError: there is no such role, or no purpose was stated.
        QueryRefused: the person is not in the role, or the purpose is none of the role's.
        DatabaseError: the database cannot be opened, or roles are not enforced on its engine.
    """
    if not target.semantic_model:
        raise InputError(
            "roles stand in a semantic model, and this database has none",
            hint="of a server, name its file in the URL: ?semantic_model=FILE",
        )
    stamp = Path(target.semantic_model).stat().st_mtime_ns
    workspace = open_workspace(target)
    policy = _policy(target, fingerprint(target), stamp)
    role = policy.role(access.role)
    if role is None:
        names = ", ".join(known.name for known in policy.roles)
        raise InputError(f"there is no role '{access.role}'", hint=f"roles: {names}")
    if not access.purpose.strip():
        raise InputError("no purpose was stated", hint="say what the answer is for: --purpose TEXT")
    if role.members and access.who not in role.members:
        raise QueryRefused(f"{access.who} is not in the role {role.name}", hint=_HINT)
    if role.purposes and access.purpose not in role.purposes:
        known = ", ".join(role.purposes)
        raise QueryRefused(f"'{access.purpose}' is no purpose of {role.name}: {known}", hint=_HINT)
    place = (str(settings.load().cache_dir), str(state_folder()))
    own = _own_database(target, fingerprint(target), stamp, role.name, place)
    made = [own.semantic_model, *([own.location] if own.engine in {"duckdb", "sqlite"} else [])]
    if not all(Path(file).is_file() for file in made):  # the cache was emptied while we lived
        _own_database.cache_clear()
        own = _own_database(target, fingerprint(target), stamp, role.name, place)
    return Gate(
        access=access,
        original=target,
        policy=policy,
        role=role,
        workspace=open_workspace(own),
        masks=Masks(policy, role, workspace.model, target.dialect, workspace.latest.year),
        ledger_folder=_ledger_folder(target, access, policy),
    )


@functools.lru_cache(maxsize=8)
def _policy(target: Target, _fingerprint: tuple[int, ...], _stamp: int) -> Policy:
    return load_policy(Path(target.semantic_model), open_workspace(target).model)


@functools.lru_cache(maxsize=16)
def _own_database(
    target: Target, stamp: tuple[int, ...], model: int, name: str, _place: tuple[str, str]
) -> Target:
    policy = _policy(target, stamp, model)
    role = policy.role(name)
    if role is None:
        raise InputError(f"there is no role '{name}'")
    return restricted(open_workspace(target), policy, role)


def _ledger_folder(target: Target, access: Access, policy: Policy) -> Path:
    whose = access.who if policy.ledger == "person" else "*"
    name = hashlib.sha256(f"{target.shown}\n{whose}".encode()).hexdigest()[:24]
    return state_folder() / "ledgers" / name

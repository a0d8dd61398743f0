"""From what the user calls a database to where it is and which engine reads it.

`finance` and `medical` are the bundled ones; a path is recognised by the first bytes of the file,
not by its name; `spark:///FOLDER` is a folder of Parquet tables that Spark reads; any other URL
goes to PostgreSQL, or through SQLAlchemy to whatever has a driver here. A URL may name the file
that describes the database (`?semantic_model=FILE`, which no driver is told); other names are
looked up in the settings' databases.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from assistants import settings
from assistants.errors import DatabaseNotFound

if TYPE_CHECKING:
    from .views import View

BUNDLED = ("finance", "medical")
_SQLITE_MAGIC = b"SQLite format 3\x00"
_DUCKDB_MAGIC = b"DUCK"
_MODEL_SUFFIXES = (".semantic.yaml", ".yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database that can be opened: a path, or a server's URL."""

    dialect: str
    location: str
    engine: Literal["duckdb", "sqlite", "spark", "server"]
    semantic_model: str = ""
    """Path of the semantic model's file; empty where there is none."""
    views: tuple["View", ...] = ()
    """Where set, all that may be read of a server or of Spark: SELECTs in the place of tables."""
    master: str = ""
    """Where Spark computes; empty for this machine."""

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        return hide_password(self.location) if self.engine == "server" else self.location


def hide_password(url: str) -> str:
    """Return a URL with its password as asterisks."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{place}"))


def resolve(database: str) -> Target:
    """Return where a database is.

    Raises:
        DatabaseNotFound: there is no such file, or it is of no engine that we read.
    """
    if database in BUNDLED:
        from .bundled import locate

        bundled = locate(database)
        return Target(
            dialect="duckdb",
            engine="duckdb",
            location=str(bundled.path),
            semantic_model=str(bundled.semantic_model),
        )
    if "://" in database:
        return _server(database)
    path = Path(database).expanduser()
    if not path.exists():
        address = settings.load().database(database)
        if address is not None and address != database:
            return resolve(address)
    return _file(path)


def _server(url: str) -> Target:
    url, model = _described(url)
    scheme = urlsplit(url).scheme.partition("+")[0]
    if scheme in {"duckdb", "sqlite"} and "+" not in urlsplit(url).scheme:
        return _file(Path(url.partition("://")[2].removeprefix("/") or "."))
    if scheme == "spark":
        return _spark(url, model)
    dialect = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}.get(scheme, scheme)
    return Target(dialect=dialect, engine="server", location=url, semantic_model=model)


def _spark(url: str, model: str) -> Target:
    """Return a folder of Parquet tables; `spark:///data/bank` is /data/bank."""
    parts = urlsplit(url)
    folder = Path(parts.netloc + unquote(parts.path)).expanduser()
    if not folder.is_dir():
        raise DatabaseNotFound(
            f"no folder at '{folder}'", hint="spark:///FOLDER is a folder of .parquet tables"
        )
    return Target(
        dialect="spark",
        engine="spark",
        location=str(folder.resolve()),
        semantic_model=model or _beside(folder),
        master=dict(parse_qsl(parts.query)).get("master", ""),
    )


def _described(url: str) -> tuple[str, str]:
    """Return a URL without its `semantic_model=FILE`, and the path of that file."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    files = [value for name, value in pairs if name == "semantic_model"]
    if not files:
        return url, ""
    path = Path(files[-1]).expanduser()
    if not path.is_file():
        raise DatabaseNotFound(
            f"no semantic model at '{path}'", hint="check semantic_model= of the URL"
        )
    kept = urlencode([(name, value) for name, value in pairs if name != "semantic_model"])
    return urlunsplit(parts._replace(query=kept)), str(path.resolve())


def _file(path: Path) -> Target:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise DatabaseNotFound(
            f"no database at '{path}'",
            hint="give finance, medical, a .duckdb or .sqlite file, or a postgresql:// URL",
        ) from error
    except OSError as error:
        raise DatabaseNotFound(
            f"'{path}' cannot be read: {error.strerror}", hint="check its permissions"
        ) from error
    location = str(path.resolve())
    model = _beside(path)
    if head == _SQLITE_MAGIC:
        return Target(dialect="sqlite", engine="sqlite", location=location, semantic_model=model)
    if head[8:12] == _DUCKDB_MAGIC:
        return Target(dialect="duckdb", engine="duckdb", location=location, semantic_model=model)
    what = "is empty" if not head else "is neither a DuckDB nor a SQLite database"
    raise DatabaseNotFound(
        f"'{path}' {what}", hint="load the data into a .duckdb or .sqlite file first"
    )


def _beside(path: Path) -> str:
    """Return the semantic model that stands beside a database file (`bank.duckdb`, `bank.yaml`)."""
    for suffix in _MODEL_SUFFIXES:
        candidate = path.with_suffix(suffix)
        if candidate.is_file():
            return str(candidate.resolve())
    return ""

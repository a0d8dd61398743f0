"""Reading YAML strictly: every complaint names the file, the line and the key.

Works on YAML's node tree, so that scalars stay the texts that stand in the file: the key `on` and
the code `NO` are no booleans here. Aliases are refused, unknown and doubled keys are errors.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistants.errors import InputError

MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Field:
    """One node of a YAML file with its place: `key` is the path from the root."""

    file: str
    key: str
    node: yaml.Node

    def error(self, message: str, *, hint: str = "") -> InputError:
        """Return the error to raise about this node."""
        line = self.node.start_mark.line + 1
        return InputError(f"{self.file}:{line}: {self.key or 'top level'}: {message}", hint=hint)

    def text(self) -> str:
        """Return a scalar as it is written."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("expected one value")
        return str(self.node.value)

    def integer(self) -> int:
        """Return a scalar as an integer."""
        try:
            return int(self.text())
        except ValueError:
            raise self.error(f"expected an integer, found '{self.text()}'") from None

    def boolean(self) -> bool:
        """Return a scalar as a boolean: `true` or `false`."""
        word = self.text().lower()
        if word not in {"true", "false"}:
            raise self.error(f"expected true or false, found '{self.text()}'")
        return word == "true"

    def one_of(self, options: Sequence[str]) -> str:
        """Return a scalar that must be one of these texts."""
        word = self.text()
        if word not in options:
            raise self.error(
                f"'{word}' is not one of {', '.join(options)}", hint=near(word, options)
            )
        return word

    def items(self) -> Iterator["Field"]:
        """Yield the members of a sequence."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("expected a list")
        for index, node in enumerate(self.node.value):
            yield Field(self.file, f"{self.key}[{index}]", node)

    def texts(self) -> tuple[str, ...]:
        """Return a list of scalars; a single scalar counts as a list of one."""
        if isinstance(self.node, yaml.ScalarNode):
            return (self.text(),) if self.text() else ()
        return tuple(item.text() for item in self.items())

    def entries(self) -> dict[str, "Field"]:
        """Return a mapping; a doubled key is an error."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("expected a mapping of keys to values")
        found: dict[str, Field] = {}
        for key_node, value_node in self.node.value:
            name = Field(self.file, self.key, key_node).text()
            field = Field(self.file, f"{self.key}.{name}".lstrip("."), value_node)
            if name in found:
                raise field.error(f"the key '{name}' stands here twice")
            found[name] = field
        return found

    def record(self, *, required: Sequence[str], optional: Sequence[str]) -> dict[str, "Field"]:
        """Return a mapping that has all required keys and no unknown ones."""
        found = self.entries()
        known = (*required, *optional)
        for name, field in found.items():
            if name not in known:
                raise field.error(f"unknown key '{name}'", hint=near(name, known))
        missing = [name for name in required if name not in found]
        if missing:
            raise self.error(f"missing {', '.join(missing)}")
        return found


def near(word: str, options: Sequence[str]) -> str:
    """Return a "did you mean" hint, or a list of what is allowed."""
    close = difflib.get_close_matches(word, options, n=1)
    return f"did you mean '{close[0]}'?" if close else f"allowed: {', '.join(options)}"


def read(path: Path) -> Field:
    """Return the root of a YAML file.

    Raises:
        InputError: the file cannot be read, is too large, is no YAML, or uses aliases.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror})",
            hint="check the path of the model",
        ) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES} bytes", hint="split the semantic model")
    try:
        return parse(data.decode(), file=str(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start})", hint="save as UTF-8") from error


def parse(text: str, *, file: str) -> Field:
    """Return the root of a YAML text; `file` is the name that complaints show."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise InputError(f"{file}: aliases (*name) are not allowed", hint="write it out")
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{file}:{line}: {error.problem}", hint="check the YAML") from error
    except yaml.YAMLError as error:
        raise InputError(f"{file}: no YAML: {error}", hint="check the YAML") from error
    if node is None:
        raise InputError(f"{file}: is empty", hint="a semantic model needs version, name, tables")
    return Field(file, "", node)

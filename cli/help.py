# ruff: noqa: ANN401 - typer keeps the classes of its contexts and formatters private
"""How help pages look: usage, one sentence, examples first, then arguments and options.

Plain text, so that it is quick, copies well and reads the same in a pipe and on a page of docs/.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

SECTIONS: dict[str, tuple[str, ...]] = {
    "Ask": ("demo", "solve", "verify", "ask", "query", "chat"),
    "Write code": ("complete", "check", "test", "fix", "explain", "edit", "lsp"),
    "Many at once": ("batch", "serve"),
    "Set up": ("doctor", "models", "tune", "config", "semantic"),
    "Govern": ("audit", "risk", "extract", "deidentify", "review", "tagger"),
}
"""The order in which `plumb --help` shows its commands."""

FILES = {"--plot": "--plot-file", "--chart": "--output"}
"""Flags after which the name of a picture may stand, and the option that takes it."""

PICTURES = (".svg", ".png")

_TYPE = re.compile(r" <[^|>]*>$")  # `<str>`, `<list[Path]>`, `<int range>`
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _write_examples(formatter: Any, epilog: str | None) -> None:
    if epilog:
        with formatter.section("Examples"):
            for line in epilog.strip().splitlines():
                formatter.write(f"  {line.strip()}\n")


def _write_options(command: Any, ctx: Any, formatter: Any) -> None:
    """Write arguments and options; of their types only the choices, which say something."""
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        params = [item for item in command.get_params(ctx) if item.param_type_name == kind]
        records = [record for item in params if (record := item.get_help_record(ctx)) is not None]
        if records:
            with formatter.section(title):
                formatter.write_dl([(_TYPE.sub("", name), text) for name, text in records])


class Command(TyperCommand):
    """A command whose epilog holds examples, one a line, shown before its options."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line, without typer's braces around arguments."""
        pieces = super().collect_usage_pieces(ctx)
        return [piece.replace("{", "").replace("}", "") for piece in pieces]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let the name of a picture follow a flag that draws: `--plot curve.svg`."""
        known = {flag for param in self.params for flag in param.opts}
        files = {flag: option for flag, option in FILES.items() if {flag, option} <= known}
        return super().parse_args(ctx, with_files(args, files))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        _write_examples(formatter, self.epilog)
        _write_options(self, ctx, formatter)


def with_files(args: list[str], files: Mapping[str, str]) -> list[str]:
    """Return `args` with the option written out that a file after a flag stands for.

    `--plot a.svg` and `--plot=a.svg` become `--plot --plot-file a.svg`.
    """
    end = args.index("--") if "--" in args else len(args)
    written: list[str] = []
    for index, arg in enumerate(args[:end]):
        flag, equals, value = arg.partition("=")
        before = args[index - 1] if index else ""
        if before in files and arg.lower().endswith(PICTURES):
            written += [files[before], arg]
        elif equals and flag in files:
            written += [flag, files[flag], value]
        else:
            written.append(arg)
    return written + args[end:]


class TextCommand(Command):
    """A command whose arguments may begin with a minus sign, as `-x^2` does."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Shield arguments like `-x` from the parser by a space, which reading them drops."""
        known = {flag for param in self.params for flag in param.opts} | {"-h"}
        end = args.index("--") if "--" in args else len(args)
        shielded = [f" {arg}" if _is_text(arg, known) else arg for arg in args[:end]]
        return super().parse_args(ctx, shielded + args[end:])


def _is_text(arg: str, flags: set[str]) -> bool:
    """Whether an argument with a minus sign before it is an expression and no flag."""
    return len(arg) > 1 and arg[0] == "-" and arg[1] != "-" and arg[:2] not in flags


class Group(TyperGroup):
    """A group of commands, shown in sections where `sections` names them."""

    sections: ClassVar[dict[str, tuple[str, ...]]] = {}

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page: commands before options."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        _write_examples(formatter, self.epilog)
        self.format_commands(ctx, formatter)
        _write_options(self, ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each section's commands with the first sentence of their help."""
        sections = self.sections or {"Commands": tuple(self.list_commands(ctx))}
        width = max(len(name) for name in self.list_commands(ctx))
        for title, names in sections.items():
            rows = [
                (name.ljust(width), command.get_short_help_str(formatter.width))
                for name in names
                if (command := self.get_command(ctx, name)) is not None
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Root(Group):
    """The top of the tree; its global flags may stand anywhere on the line."""

    sections = SECTIONS
    _flags = frozenset({"-v", "-vv", "--verbose", "-q", "--quiet", "--debug"})

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move global flags to the front, so that `plumb solve -v …` is `plumb -v solve …`."""
        return super().parse_args(ctx, hoist(args, self._flags, "--color"))


def hoist(args: list[str], flags: frozenset[str], valued: str) -> list[str]:
    """Return `args` with `flags`, and `valued` with its value, moved to the front.

    Everything after `--` stays where it is: there it is text.
    """
    end = args.index("--") if "--" in args else len(args)
    moved: list[str] = []
    kept: list[str] = []
    index = 0
    while index < end:
        arg = args[index]
        if arg == valued and index + 1 < end:
            moved += args[index : index + 2]
            index += 1
        elif arg in flags or arg.startswith(f"{valued}="):
            moved.append(arg)
        else:
            kept.append(arg)
        index += 1
    return moved + kept + args[end:]


def group(help_text: str, examples: str = "") -> typer.Typer:
    """Return an empty group of commands that shows its help when called alone."""
    app = typer.Typer(
        cls=Group,
        help=help_text,
        epilog=examples,
        invoke_without_command=True,
        rich_markup_mode=None,
        context_settings=_HELP,
    )

    @app.callback()
    def alone(ctx: typer.Context) -> None:
        if ctx.invoked_subcommand is None:
            typer.echo(ctx.get_help())

    del alone
    return app

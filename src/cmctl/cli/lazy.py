"""Groups of commands whose modules are imported only when one of them runs.

A table says which commands there are, what each is for in one line, and where its function stands;
`--help`, completion and suggestions read the table alone. Every command, wherever it stands, also
takes the options that hold for all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer

# typer 0.28 carries its own click under this name; pyproject.toml pins it.
from typer._click import Command, Context, HelpFormatter, Parameter
from typer._click.exceptions import UsageError
from typer._click.shell_completion import CompletionItem
from typer.core import TyperGroup
from typer.main import get_command

Options = Callable[[], list[Parameter]]


class Entry(NamedTuple):
    """One line of the table: a command, or a group of commands."""

    name: str
    #: What it is for, in one line; a command's docstring begins with the same sentence.
    help: str
    #: Where a command's function stands, `module:name`.
    target: str = ""
    #: The commands of a group.
    entries: tuple["Entry", ...] = ()
    #: The command that a group runs when none is named.
    default: str = ""


class LazyCommands(Mapping[str, Command]):
    """The commands of a table by name, each built when it is asked for."""

    def __init__(self, entries: tuple[Entry, ...], options: Options) -> None:
        self.entries = {entry.name: entry for entry in entries}
        self._options = options
        self._built: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        if name not in self._built:
            self._built[name] = _build(self.entries[name], self._options)
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


class LazyGroup(TyperGroup):
    """A group that knows its commands from a table."""

    def __init__(self, entry: Entry, options: Options, **attributes: Any) -> None:
        """`attributes` are those of `TyperGroup`."""
        self.entry = entry
        self.table = LazyCommands(entry.entries, options)
        super().__init__(
            name=entry.name,
            help=_group_help(entry),
            params=options(),
            rich_markup_mode=None,
            no_args_is_help=not entry.default,
            **attributes,
        )
        # Only ever read, although typer would allow more.
        self.commands = self.table  # type: ignore[assignment]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Go to the default command where only its options are given, or nothing."""
        if self.entry.default and not self._names_command(ctx, args):
            args = [self.entry.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Find a command, or say in which group one of this name is."""
        try:
            return super().resolve_command(ctx, args)
        except UsageError as problem:
            name = args[0]
            groups = [
                one.name
                for one in self.entry.entries
                if any(child.name == name for child in one.entries)
            ]
            if groups:
                meant = ", ".join(f"'{group} {name}'" for group in groups)
                problem.message = f"No such command {name!r}. Did you mean {meant}?"
            raise

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the base's signature
        """Return the names in the order of the table."""
        return list(self.table)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands first, for they are what a person looks for."""
        self.format_commands(ctx, formatter)
        records = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None])

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the table's own lines, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in self.entry.entries])

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Complete names from the table, and options of the default command too."""
        if self.entry.default and incomplete.startswith("-"):
            return self.table[self.entry.default].shell_complete(ctx, incomplete)
        found = [
            CompletionItem(entry.name, help=entry.help)
            for entry in self.entry.entries
            if entry.name.startswith(incomplete)
        ]
        return found + Command.shell_complete(self, ctx, incomplete)

    def _names_command(self, ctx: Context, args: list[str]) -> bool:
        if not args:
            return ctx.resilient_parsing  # completing offers the commands first
        try:
            options, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        except UsageError:  # an option of the default command
            return False
        return bool(rest or options.get("help"))


def _group_help(entry: Entry) -> str:
    if not entry.default:
        return entry.help
    return f"{entry.help}\n\nWithout a command: {entry.default}, which takes its options here too."


def _build(entry: Entry, options: Options) -> Command:
    if entry.entries:
        return LazyGroup(entry, options)
    module, _, name = entry.target.partition(":")
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(entry.name, short_help=entry.help)(getattr(import_module(module), name))
    command = get_command(app)
    command.params += options()
    return command

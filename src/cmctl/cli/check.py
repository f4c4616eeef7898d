"""`cmctl check`: everything that is wrong, all at once, each with its place and what to write."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Output, Scalar
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.core.model import Problem, Severity
from cmctl.core.plain import plain_line
from cmctl.core.show import counted

if TYPE_CHECKING:
    from cmctl.app.check import Checked
    from cmctl.wiring.workspace import Workspace


def check(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Tell only of these files; default: all."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write missing ids into the files.")] = False,
    as_json: Json = False,
) -> ExitStatus:
    """Find everything that is wrong with the workspace.

    Settings, posts, what the networks would refuse, slots, times, and posts that tell the same
    news. Images that posts name by an address are read from there. Nothing is sent, and the store
    is only read. Ends with 1 where there is an error.
    """
    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        wanted = [_relative(asked, workspace, file) for file in files or ()]
        found = _check(asked, workspace, fix=fix)
    problems = found.problems
    if wanted:
        problems = [one for one in problems if one.place and one.place.file in wanted]
    if as_json:
        asked.output.records(map(_record, problems))
    else:
        for problem in problems:
            _print(asked.output, problem)
        for copy in found.copies:
            asked.output.say(f"a copy goes out: {copy}")
    return _conclude(asked.output, problems, found.posts)


def _check(asked: Invocation, workspace: "Workspace", *, fix: bool) -> "Checked":
    from cmctl.app.check import Checked, in_order  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.check import check as find  # noqa: PLC0415
    from cmctl.app.posts.schemas import refresh_schemas  # noqa: PLC0415

    loaded = workspace.loaded
    if loaded.settings is None:
        asked.output.warn("the posts are not checked before the configuration is right")
        return Checked(in_order(loaded.problems), 0, 0)
    refresh_schemas(loaded.settings.root)
    if fix:
        _fix(asked.output, workspace)
    found = find(workspace.context)
    return found._replace(problems=in_order([*loaded.problems, *found.problems]))


def _fix(output: Output, workspace: "Workspace") -> None:
    from cmctl.app.posts.repair import write_ids  # noqa: PLC0415 - as above

    for file, ids, problem in write_ids(workspace.context):
        if problem:
            output.warn(f"{file}: no ids were written: {problem}")
        else:
            output.say(f"{file}: wrote {', '.join(f'id: {one}' for one in ids)}")


def _relative(asked: Invocation, workspace: "Workspace", file: Path) -> str:
    """Return a file as problems name it."""
    root = workspace.config.parent
    path = (asked.machine.directory / file).resolve()
    if path.is_relative_to(root) and path.is_file():
        return path.relative_to(root).as_posix()
    message = f"{file} is no file of the workspace {root}"
    raise UsageError(message, hint="name a file below it, or none to check all")


def _print(output: Output, problem: Problem) -> None:
    about = (
        f" ({problem.channel})"
        if problem.channel and problem.channel not in problem.message
        else ""
    )
    # A file's name may hold a line end, and a line more would look like another problem.
    place = plain_line(str(problem.place or "config"))
    output.line(f"{place}: {problem.severity}: {problem.message}{about}")
    if problem.fix:
        output.line(f"    {problem.fix}")


def _conclude(output: Output, problems: Sequence[Problem], posts: int) -> ExitStatus:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    found = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    output.say(f"{found if problems else 'no problems'} in {counted(posts, 'post')}")
    return ExitStatus.PROBLEMS if errors else ExitStatus.FINE


def _record(problem: Problem) -> dict[str, Scalar]:
    from cmctl.app.check import client_of  # noqa: PLC0415 - as above

    place = problem.place
    return {
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
        "client": client_of(problem),
        "post": problem.post,
        "channel": problem.channel,
    }

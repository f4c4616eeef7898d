"""Collecting problems while reading, so that a person sees all of them at once."""

from dataclasses import replace

from yaml.nodes import Node

from cmctl.core.model import Place, Problem, Severity


class Report:
    """The problems of one file, in the order in which they were found."""

    def __init__(self, file: str) -> None:
        """`file` is relative to the workspace."""
        self.file = file
        self.problems: list[Problem] = []
        #: The key that is being read, for messages.
        self.key = ""

    def place(self, node: Node) -> Place:
        """Return where a node starts."""
        mark = node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def error(self, node: Node, code: str, message: str, fix: str = "") -> None:
        """Add a problem that keeps what it is about from being published."""
        self.problems.append(
            Problem(code=code, message=message, fix=fix, place=self.place(node)),
        )

    def warn(self, node: Node, code: str, message: str, fix: str = "") -> None:
        """Add a problem that is only said."""
        self.problems.append(
            Problem(
                code=code,
                message=message,
                fix=fix,
                place=self.place(node),
                severity=Severity.WARNING,
            )
        )

    def name_post(self, since: int, post: str) -> None:
        """Say that the problems from number `since` on are about `post`."""
        self.problems[since:] = [replace(problem, post=post) for problem in self.problems[since:]]

    def has_errors(self, since: int = 0) -> bool:
        """Tell whether an error is among the problems from number `since` on."""
        return any(problem.severity is Severity.ERROR for problem in self.problems[since:])

    def sorted(self) -> list[Problem]:
        """Return the problems in the order of the file."""
        return sorted(self.problems, key=lambda problem: problem.place or Place(self.file))

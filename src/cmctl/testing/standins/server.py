"""The server under every stand-in: routes by the description and holds both sides to it."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import unquote, urlsplit

from cmctl.testing.sandbox.bending import answer
from cmctl.testing.sandbox.faults import Fault, Faults
from cmctl.testing.sandbox.listener import Listener
from cmctl.testing.sandbox.wire import JSON, Ask, BadRequestError, Reply, error, read_ask, send
from cmctl.testing.standins.asked import Asked, UnreadableError, read_form
from cmctl.testing.standins.limits import Clock, Tokens, Window
from cmctl.testing.standins.spec import Matched, Spec

Handler = TypeVar("Handler", bound=Callable[..., object])


class Refused(Exception):  # noqa: N818 - what the vendor does
    """The vendor says no, in its own words: a status and what stands in the body."""

    def __init__(
        self, status: int, value: object, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {value}")
        self.reply = told(value, status, headers)


def told(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a value as a JSON answer."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status=status, body=body, headers=headers or {})


def answers(operation: str, *, call: str = "") -> Callable[[Handler], Handler]:
    """Mark the method of a stand-in that answers an operation of its description."""

    def mark(handler: Handler) -> Handler:
        handler.answers = (operation, call)  # type: ignore[attr-defined] # read when it is made
        return handler

    return mark


class StandIn:
    """A stand-in for one vendor's API, in a thread of this process; see the package."""

    #: Names the description.
    vendor: ClassVar[str]

    def __init__(self) -> None:
        self.spec = Spec.of(self.vendor)
        self.clock = Clock()
        self.tokens = Tokens()
        #: By call: `post`, `upload`, `read`, `delete`.
        self.limits: dict[str, Window] = {}
        #: Every request to a known operation, in order.
        self.calls: list[Asked] = []
        #: How many calls came too fast.
        self.throttled = 0
        #: What broke the description, of either side.
        self.violations: list[str] = []
        self._faults = Faults()
        self._refusals: dict[str, Refused] = {}
        self._listener = Listener("127.0.0.1", 0, self._serve)
        self._handlers = dict(self._marked())
        unknown = self._handlers.keys() - self.spec.operations.keys()
        if unknown:
            message = f"{self.vendor} describes no {', '.join(sorted(unknown))}"
            raise LookupError(message)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._listener.url

    def fault(self, fault: Fault) -> None:
        """Put a fault in force for what comes."""
        self._faults.add(fault)

    def refuse(self, call: str, refusal: Refused) -> None:
        """Refuse the next such call in the vendor's words, whatever it asks."""
        self._refusals[call] = refusal

    def clear_faults(self) -> None:
        """End all faults."""
        self._faults.clear()

    def __enter__(self) -> Self:
        self._listener.start(self._listener.run)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._listener.stop()
        if kind is None and self.violations:
            message = f"{self.vendor}'s description was broken:\n" + "\n".join(self.violations)
            raise AssertionError(message)

    # --- what tests need, beside the adapter -------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        """Post as the owner does; return the remote id."""
        raise NotImplementedError

    def texts(self) -> list[str]:
        """Return every text that stands, as followers read it, oldest first."""
        raise NotImplementedError

    def alts(self) -> list[str]:
        """Return every alt text that stands, oldest first."""
        raise NotImplementedError

    # --- how the vendor refuses, each from its documents -------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        """Return the refusal of a request whose token is not taken; None: it is."""
        raise NotImplementedError

    def refuse_request(self, message: str) -> Reply:
        """Return the refusal of a request that breaks the description."""
        raise NotImplementedError

    def refuse_throttled(self, seconds: int) -> Reply:
        """Return the refusal of what comes too fast."""
        raise NotImplementedError

    def told_left(self, window: Window) -> Mapping[str, str]:
        """Return the headers that say with each answer how much of a limit is left; none."""
        return {}

    def body(self, asked: Asked) -> Mapping[str, Any]:
        """Return what of a body the description is about: its fields, and its files as texts."""
        return {**asked.values, **dict.fromkeys(asked.files, "")}

    def outcome(self, reply: Reply, value: object) -> str:
        """Return which of the described answers one is: by its status, unless the vendor errs."""
        return str(reply.status)

    # --- serving -----------------------------------------------------------------------------

    def _marked(self) -> Any:
        for name in dir(type(self)):
            operation, call = getattr(getattr(type(self), name), "answers", ("", ""))
            if operation:
                yield operation, (getattr(self, name), call)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            ask = await read_ask(reader)
        except BadRequestError as problem:
            await send(writer, error(problem.status, str(problem)), self.clock())
            return False
        if ask is None:
            return False
        path = unquote(urlsplit(ask.target).path)
        matched = self.spec.match(ask.method, path)
        if matched is None or matched.operation not in self._handlers:
            self.violations.append(f"{ask.method} {path} is not described")
            await send(writer, error(404, "there is no such address"), self.clock())
            return True
        call = self._handlers[matched.operation][1]
        faults = self._faults.hit("", call) if call else ()

        async def work() -> Reply:
            return self._answer(ask, matched)

        stands = await answer(writer, faults, work, self.clock)
        return stands and ask.headers.get("connection", "").lower() != "close"

    def _answer(self, ask: Ask, matched: Matched) -> Reply:
        handler, call = self._handlers[matched.operation]
        try:
            asked = self._asked(ask, matched)
        except UnreadableError as problem:
            return self._broken("request", matched.operation, str(problem))
        self.calls.append(asked)
        reply = self._refused(asked, call) or self._handled(handler, asked)
        if call in self.limits and reply.status != 429:
            left = self.told_left(self.limits[call])
            reply = replace(reply, headers={**reply.headers, **left})
        return self._checked(asked, reply)

    def _asked(self, ask: Ask, matched: Matched) -> Asked:
        operation = matched.operation
        described = "body" in self.spec.operations[operation]  # else it is bytes, whatever its type
        values, files = read_form(ask) if described else ({}, {})
        return Asked(
            operation=operation,
            path=matched.path,
            headers=ask.headers,
            type=ask.type,
            query=self.spec.read(operation, "query", ask.query),
            values=values if ask.type == JSON else self.spec.read(operation, "body", values),
            files=files,
            body=ask.body,
        )

    def _refused(self, asked: Asked, call: str) -> Reply | None:
        """Return the refusal that needs no handler: the token, the rate, the description."""
        refusal = self.refuse_token(asked)
        if refusal is not None:
            return refusal
        window = self.limits.get(call)
        wait = window.wait(self.clock()) if window else 0
        if wait:
            self.throttled += 1
            return self.refuse_throttled(math.ceil(wait))
        if call in self._refusals:
            return self._refusals.pop(call).reply
        wrong = self.spec.wrong_request(asked.operation, asked.query, self.body(asked))
        return self._broken("request", asked.operation, wrong) if wrong else None

    def _handled(self, handler: Callable[[Asked], object], asked: Asked) -> Reply:
        try:
            done = handler(asked)
        except Refused as refusal:
            return refusal.reply
        return done if isinstance(done, Reply) else told(done)

    def _checked(self, asked: Asked, reply: Reply) -> Reply:
        if reply.type == JSON and reply.body:
            value = json.loads(reply.body)
            wrong = self.spec.wrong_answer(asked.operation, self.outcome(reply, value), value)
            if wrong:
                self.violations.append(f"answer of {asked.operation}: {wrong}")
        return reply

    def _broken(self, side: str, operation: str, wrong: str) -> Reply:
        self.violations.append(f"{side} of {operation}: {wrong}")
        return self.refuse_request(wrong)

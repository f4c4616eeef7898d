"""Answering as a fault has it."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from cmctl.testing.sandbox.faults import MODIFIERS, NOT_STORED, Fault, FaultKind
from cmctl.testing.sandbox.wire import Reply, error, head, send


async def answer(
    writer: asyncio.StreamWriter,
    faults: Sequence[Fault],
    work: Callable[[], Awaitable[Reply]],
    now: Callable[[], datetime],
) -> bool:
    """Do the work of a request under the faults that hit it, and answer.

    Tells whether the connection still stands.
    """
    for fault in faults:
        if fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.seconds)
    worst = next((fault for fault in faults if fault.kind not in MODIFIERS), None)
    if worst is not None and worst.kind in NOT_STORED:
        await send(writer, bent(worst, Reply()), now())
        return True
    reply = await work()
    if worst is not None:
        return await misbehave(writer, worst, reply, now())
    await send(writer, reply, now())
    return True


async def misbehave(writer: asyncio.StreamWriter, fault: Fault, reply: Reply, at: datetime) -> bool:
    """Answer as a fault has it; tell whether the connection still stands."""
    match fault.kind:
        case FaultKind.DROP:
            return False
        case FaultKind.RESET:
            whole = head(reply, len(reply.body), at) + reply.body
            writer.write(whole[: len(whole) - len(reply.body) // 2 - 1])
            await writer.drain()
            _reset(writer)
            return False
        case FaultKind.DRIP:
            for byte in head(reply, len(reply.body), at) + reply.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(fault.seconds)
            return True
        case _:
            await send(writer, bent(fault, reply), at)
            return True


def bent(fault: Fault, reply: Reply) -> Reply:
    """Return what a fault makes of an answer."""
    bend = _BENDS.get(fault.kind)
    return bend(fault, reply) if bend else reply


def _page(status: int, text: str) -> Reply:
    return Reply(status=status, type="text/html", body=text.encode())


def _throttle(fault: Fault, reply: Reply) -> Reply:  # noqa: ARG001 - one of the bends
    wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return error(429, "too many requests", wait)


@cache
def _bomb() -> bytes:
    return gzip.compress(b'{"id":"' + b"9" * (64 << 20) + b'"}', 6)


_BENDS: Mapping[FaultKind, Callable[[Fault, Reply], Reply]] = {
    FaultKind.ERROR: lambda _, __: error(500, "something went wrong"),
    FaultKind.ERROR_STORED: lambda _, __: error(500, "something went wrong"),
    FaultKind.BAD_GATEWAY: lambda _, __: _page(502, "<h1>502 Bad Gateway</h1>"),
    FaultKind.GATEWAY_TIMEOUT: lambda _, __: _page(504, "<h1>504 Gateway Timeout</h1>"),
    FaultKind.TIMEOUT_STORED: lambda _, __: _page(504, "<h1>504 Gateway Timeout</h1>"),
    FaultKind.THROTTLE: _throttle,
    FaultKind.UNAUTHORIZED: lambda _, __: error(401, "the token is not valid any more"),
    FaultKind.REFUSED: lambda fault, _: error(422, fault.text),
    FaultKind.HTML: lambda _, __: _page(200, "<!doctype html><title>Maintenance</title>"),
    FaultKind.CUT: lambda _, reply: Reply(body=reply.body[: len(reply.body) // 2]),
    FaultKind.NO_ID: lambda _, __: Reply(body=b'{"ok":true}'),
    FaultKind.HUGE: lambda _, __: Reply(body=b'{"id":"' + b"9" * (50 << 20) + b'"}'),
    FaultKind.BOMB: lambda _, __: Reply(body=_bomb(), headers={"Content-Encoding": "gzip"}),
}


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a RST instead of a FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

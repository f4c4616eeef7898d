"""A stand-in that answers as it is told: for what no server at hand can be made to say."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """One answer; a text goes out as HTML, anything else as JSON."""

    status: int
    body: object = ""
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """What is answered to `GET /path`, in order, the last for ever, and what was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self._replies: dict[str, deque[Reply]] = defaultdict(deque)

    def on(self, asked: str, *replies: Reply) -> None:
        self._replies[asked] = deque(replies)

    def reply(self, asked: str) -> Reply:
        self.asked.append(asked)
        replies = self._replies.get(asked)
        if not replies:
            return Reply(404, {"error": "Record not found"})
        return replies.popleft() if len(replies) > 1 else replies[0]


@contextmanager
def stand_in() -> Iterator[StandIn]:
    script = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = script.reply(f"{self.command} {self.path.partition('?')[0]}")
            html = isinstance(reply.body, str)
            data = reply.body.encode() if html else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "text/html" if html else "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the names http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A real SMTP server, aiosmtpd, in a thread of the tests; it keeps what it takes."""

import asyncio
import ssl
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "news@atlas.example"


class Mailbox:
    """Takes messages for everyone but `full@`, and refuses a text that says `refuse me`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("full@"):
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        data = envelope.content
        assert isinstance(data, bytes)
        if b"refuse me" in data:
            return "554 5.7.1 No thanks, canary-of-the-smtp-tests"
        message = message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.raw.append(data)
        return "250 OK queued"


class SmtpServer:
    """One server on loopback, to which only `USER` with the password may send."""

    def __init__(
        self,
        password: str,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        limit: int = 33_554_432,
    ) -> None:
        """`starttls` is required where it is given; `tls` comes with the first byte."""
        self.mailbox = Mailbox()
        self.port = 0
        self._password = password.encode()
        self._tls = tls
        self._how = {
            "tls_context": starttls,
            "require_starttls": starttls is not None,
            "auth_require_tls": starttls is not None,
            "authenticator": self._authenticate,
            "data_size_limit": limit,
            "hostname": "smtp.test",
        }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def _listen(self) -> asyncio.Server:
        def speak() -> SMTP:
            return SMTP(self.mailbox, loop=self._loop, **self._how)

        return await self._loop.create_server(speak, "127.0.0.1", 0, ssl=self._tls)

    async def _end(self) -> None:
        self._server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and data == (USER.encode(), self._password)
        return AuthResult(success=known, handled=False)


def plain(message: EmailMessage) -> str:
    """Return what a reader without HTML sees of the text."""
    part = message.get_body(("plain",))
    assert part is not None
    text = str(part.get_content()).replace("\r\n", "\n")
    return text.removesuffix("\n")

"""A newsletter message by SMTP, to one address that a list stands behind.

RFC 5321 (SMTP; 4.2.5: after the final dot the server's reply says who is responsible), RFC 3207
(STARTTLS), RFC 8314 (TLS from the first byte), RFC 1870 (SIZE). SMTP knows no key and cannot be
asked: where the connection is lost after the message has left, only a person who looks into the
list's archive knows.
"""

import re
import smtplib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import parseaddr
from typing import ClassVar

from cmctl.channels import options as yaml
from cmctl.channels import sockets
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Capabilities,
    ChannelError,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Unauthorized,
    Unavailable,
)
from cmctl.channels.content import content_problems
from cmctl.channels.headline import headline_problems
from cmctl.channels.sockets import after_sending, before_sending, deadline
from cmctl.channels.spoken import redacted
from cmctl.channels.vendors.email.message import message, message_id
from cmctl.channels.vendors.email.options import OPTIONS, unusable
from cmctl.core.model import Content, Place, Problem, Receipt
from cmctl.core.text import compose

_PORTS = {"starttls": 587, "tls": 465, "plain": 25}


class EmailChannel(Adapter):
    """One list; a message's remote id is its Message-ID."""

    kind: ClassVar[str] = "email"
    options: ClassVar[tuple[yaml.Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=10, bytes=5 << 20),
        settling=timedelta(0),  # nothing can be looked for
    )

    def __init__(  # noqa: PLR0913 - its options by their names
        self,
        *,
        host: str,
        sender: str,
        to: str,
        unsubscribe: str,
        port: int = 0,
        security: str = "starttls",
        user: str = "",
        password: str = "",
    ) -> None:
        self._host, self._port = host, port or _PORTS[security]
        self._security = security
        self._user, self._password = user, password
        self._sender, self._to, self._unsubscribe = sender, to, unsubscribe

    def __repr__(self) -> str:
        return f"EmailChannel({self._to} by {self._host})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield everything that is wrong with the channel's YAML block."""
        yield from super().check_options(options, places)
        yield from unusable(options, places)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what a message cannot have, and a warning where it has no subject of its own."""
        yield from content_problems(content, "email", self.capabilities)
        instead = "the beginning of the text is the subject"
        yield from headline_problems(compose(content), "email", instead)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Hand the message over once; from the final dot on it may have been taken."""
        data = message(outgoing, sender=self._sender, to=self._to, unsubscribe=self._unsubscribe)
        with self._session() as smtp:
            with before_sending(self._host):
                self._announce(smtp, len(data))
            with after_sending(self._host):
                smtp.send(re.sub(rb"(?m)^\.", b"..", data) + b".\r\n")
                self._accepted(smtp.getreply())
        number = message_id(outgoing, self._sender)
        return Receipt(remote_id=number, at=outgoing.created_at, parts=(number,))

    def probe(self) -> str:
        """Sign in and say who would send."""
        with self._session():
            return parseaddr(self._sender)[1]

    def close(self) -> None:
        """Nothing is held: every message has a connection of its own."""

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connect, make it safe and sign in; hang up at the end, whatever happened."""
        with before_sending(self._host):
            smtp = self._connect()
        try:
            with deadline(lambda: smtp.sock):
                with before_sending(self._host):
                    self._sign_in(smtp)
                yield smtp
                with suppress(OSError):  # a courtesy, which changes nothing
                    smtp.quit()
        finally:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        from cmctl.channels.wire import tls  # noqa: PLC0415 - heavy, and a check never sends

        name = "[127.0.0.1]"  # asking the system for a better one may take long
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=sockets.CONNECT, context=tls()
            )
        return smtplib.SMTP(self._host, self._port, name, timeout=sockets.CONNECT)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        from cmctl.channels.wire import tls  # noqa: PLC0415 - as above

        if smtp.sock is not None:
            smtp.sock.settimeout(sockets.DEADLINE)
        smtp.ehlo_or_helo_if_needed()
        if self._security == "starttls":
            if not smtp.has_extn("starttls"):
                raise Rejected(f"{self._host} offers no STARTTLS; try `security: tls`")
            self._accepted(smtp.starttls(context=tls()))
            smtp.ehlo()
        if self._user:
            try:
                smtp.login(self._user, self._password)
            except smtplib.SMTPResponseException as refusal:
                failure = self._refused(refusal.smtp_code, refusal.smtp_error)
                is_no = isinstance(failure, Rejected)
                raise (Unauthorized(str(failure)) if is_no else failure) from None
            except smtplib.SMTPNotSupportedError:
                raise Rejected(f"{self._host} offers no way to sign in; leave `user` out") from None

    def _announce(self, smtp: smtplib.SMTP, size: int) -> None:
        """Say who sends to whom, and that the message follows."""
        largest = smtp.esmtp_features.get("size", "")
        if largest.isdecimal() and 0 < int(largest) < size:
            message = f"the message has {size} bytes, and {self._host} takes {largest}"
            raise Rejected(f"{message}; send smaller images")
        self._accepted(smtp.mail(parseaddr(self._sender)[1]))
        self._accepted(smtp.rcpt(self._to))
        self._accepted(smtp.docmd("DATA"))

    def _accepted(self, reply: tuple[int, bytes]) -> None:
        """Raise what a reply says that is no success (RFC 5321, 4.2.1)."""
        code, words = reply
        if code < 200 or code > 599:
            raise smtplib.SMTPServerDisconnected(f"{code} is no reply")
        if code >= 400:
            raise self._refused(code, words)

    def _refused(self, code: int, words: bytes | str) -> ChannelError:
        said = words if isinstance(words, str) else words.decode("utf-8", "replace")
        told = redacted(said, secrets=(self._password,) if self._password else ())
        message = f"{self._host} answered {code}: {told}"
        return Unavailable(message) if 400 <= code < 500 else Rejected(message)

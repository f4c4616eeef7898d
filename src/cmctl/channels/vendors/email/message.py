"""A newsletter as one message: plain text beside HTML, images inside, equal in every attempt.

RFC 5322 (messages), RFC 2046 and 2387 (alternatives, related parts), RFC 2369 (List-Unsubscribe).
"""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from cmctl.channels.base import Attachment, Outgoing
from cmctl.channels.headline import headed
from cmctl.channels.markup import paragraphs
from cmctl.core.text import compose, excerpt

#: A subject that a list of messages shows whole, in characters.
_SUBJECT = 78


def message_id(outgoing: Outgoing, sender: str) -> str:
    """Return the Message-ID: the delivery's key at the sender's domain."""
    return f"<{outgoing.key}@{_domain(sender)}>"


def subject(text: str) -> str:
    """Return the first line where it is a headline, else the beginning of the text."""
    headline = " ".join(headed(text).headline.split())
    return headline or excerpt(text, _SUBJECT)


def message(outgoing: Outgoing, *, sender: str, to: str, unsubscribe: str) -> bytes:
    """Return the whole message as it goes over the wire, lines ended by CRLF."""
    text = compose(outgoing.content)
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = subject(text)
    made["Date"] = format_datetime(outgoing.created_at)
    made["Message-ID"] = message_id(outgoing, sender)
    made["List-Unsubscribe"] = f"<{unsubscribe}>"
    made.set_content(_plain(text, outgoing.attachments))
    ids = [
        f"{number}.{outgoing.key}@{_domain(sender)}" for number in range(len(outgoing.attachments))
    ]
    made.add_alternative(_html(text, outgoing, ids), subtype="html")
    page = list(made.iter_parts())[1]
    for content_id, item in zip(ids, outgoing.attachments, strict=True):
        kind, _, subtype = item.type.partition("/")
        page.add_related(
            item.data,
            maintype=kind,
            subtype=subtype,
            cid=f"<{content_id}>",
            disposition="inline",
            filename=item.name,
        )
    made["Content-Language"] = outgoing.language  # last: parts take over what begins so
    for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
        part.set_boundary(f"{outgoing.key}-{number}")
    return made.as_bytes()


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">")


def _plain(text: str, attachments: Sequence[Attachment]) -> str:
    """Return the text, and below it what the images show."""
    alts = [f"[{' '.join(item.alt.split())}]" for item in attachments if item.alt]
    return "\n\n".join([text, *alts])


def _html(text: str, outgoing: Outgoing, ids: Sequence[str]) -> str:
    headline, body = headed(text)
    heading = [f"<h1>{escape(headline)}</h1>"] if headline else []
    lines = [f"<p>{lines}</p>" for lines in paragraphs(body)]
    images = [
        f'<p><img src="cid:{content_id}" alt="{escape(item.alt)}" style="max-width:100%"></p>'
        for content_id, item in zip(ids, outgoing.attachments, strict=True)
    ]
    language, title = escape(outgoing.language), escape(subject(text))
    head = f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">'
    return "\n".join([head, f"<title>{title}</title>", *heading, *lines, *images, "</html>"])

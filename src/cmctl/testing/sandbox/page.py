"""Pages for people: every text on them was written by somebody else and is escaped."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape

from cmctl.testing.sandbox.oracle import Entry

#: Nothing but our own style sheet and images; no script at all.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

STYLE = """\
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --paper: #f4f2ee;
  --card: #fff; --line: #e2ded6; --mark: #0b6e5f; --owner: #a8470b }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --dim: #9aa4b1; --paper: #14181d;
  --card: #1d232a; --line: #2e363f; --mark: #53c8b4; --owner: #f0a468 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif }
main { max-width: 38rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.5rem; margin: 0 } h1 + p { margin: .2rem 0 1.6rem; color: var(--dim) }
a { color: var(--mark) }
article { background: var(--card); border: 1px solid var(--line); border-radius: .7rem;
  padding: 1rem 1.2rem; margin: 0 0 .9rem; overflow-wrap: anywhere }
article.answer { margin-left: 1.6rem }
article p { margin: .4rem 0 0; white-space: pre-wrap }
header { display: flex; flex-wrap: wrap; gap: .2rem .7rem; color: var(--dim); font-size: .85rem }
header b { color: var(--ink) } header a { color: inherit; text-decoration: none }
.tool { margin-left: auto; border: 1px solid currentColor; border-radius: 1rem;
  padding: 0 .6rem; color: var(--owner) } .tool.cmctl { color: var(--mark) }
figure { margin: .7rem 0 0 } img { max-width: 100%; border-radius: .5rem; display: block }
figcaption { color: var(--dim); font-size: .8rem; margin-top: .2rem }
.none { color: var(--dim); text-align: center; padding: 3rem 0 }
"""


def timeline_page(account: str, entries: Sequence[Entry], zone: tzinfo = UTC) -> str:
    """Return an account's timeline, newest first."""
    said = "".join(_article(entry, zone) for entry in entries)
    count = f"{len(entries)} post{'' if len(entries) == 1 else 's'}, newest first"
    body = f"<h1>@{escape(account)}</h1><p>{count} · <a href='/'>all accounts</a></p>"
    return _page(f"@{account}", body + (said or "<p class=none>Nothing is posted yet.</p>"))


def accounts_page(accounts: Iterable[tuple[str, int]]) -> str:
    """Return the list of accounts with how many posts each has."""
    rows = "".join(
        f"<article><header><b><a href='/@{escape(name)}'>@{escape(name)}</a></b>"
        f"<span>{count} posts</span></header></article>"
        for name, count in accounts
    )
    nothing = "<p class=none>No account has posted yet.</p>"
    intro = "<h1>Sandbox</h1><p>A network of cmctl's own; nothing here leaves this machine.</p>"
    return _page("Sandbox", intro + (rows or nothing))


def _article(entry: Entry, zone: tzinfo) -> str:
    kind = " class=answer" if entry.reply_to else ""
    tool = "tool cmctl" if entry.tool == "cmctl" else "tool"
    pictures = "".join(
        f"<figure><img src='/media/{escape(p.sha256)}' alt='{escape(p.alt)}'>"
        f"<figcaption>{escape(p.alt)}</figcaption></figure>"
        for p in entry.media
    )
    return (
        f"<article{kind} id='{escape(entry.id)}'><header><b>{escape(entry.account)}</b>"
        f"<a href='/@{escape(entry.account)}/{escape(entry.id)}'>{_time(entry.at, zone)}</a>"
        f"<span class='{tool}'>{escape(entry.tool)}</span></header>"
        f"<p lang='{escape(entry.language)}' dir=auto>{escape(entry.text)}</p>{pictures}</article>"
    )


def _time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    shown = f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S %Z}"
    return f"<time datetime='{at.isoformat()}'>{escape(shown)}</time>"


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel=stylesheet href=/style.css>"
        f"<main>{body}</main></html>"
    )

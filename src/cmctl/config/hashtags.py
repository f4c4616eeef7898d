"""The hashtags of a post, with the client's sets in them."""

from collections.abc import Mapping, Sequence

from cmctl.config.kinds import Items
from cmctl.config.report import Report
from cmctl.config.setting_values import Plain
from cmctl.config.wrong import did_you_mean
from cmctl.core.content import HASHTAGS

Sets = Mapping[str, Sequence[str]]
#: The set of a post that says in its text where hashtags stand, and names none.
_DEFAULT = "default"


def spelled_out(items: Items, sets: Sets, report: Report) -> list[str]:
    """Return the hashtags, each once, sets in braces replaced; a set that is not there is said."""
    found: dict[str, None] = {}
    for item, node in items:
        if not item.startswith("{"):
            found[item] = None
            continue
        name = item.strip("{}")
        if name not in sets:
            near = did_you_mean(name, sets)
            known = ", ".join(sets) or "none yet; write them in config.yaml under hashtags"
            message = f'the client has no set of hashtags "{name}"{near}'
            report.error(node, "unknown-set", message, "" if near else f"its sets: {known}")
        found.update(dict.fromkeys(sets.get(name, ())))
    return list(found)


def default_set(post: Plain, sets: Sets) -> list[str]:
    """Return the hashtags of a post that names none and has a place for them; empty: no place."""
    variants = [one.get("text", "") for one in post.get("variants", {}).values()]
    texts = (post["text"], *post.get("thread", ()), post.get("first_comment", ""), *variants)
    return list(sets.get(_DEFAULT, ())) if any(HASHTAGS in text for text in texts) else []

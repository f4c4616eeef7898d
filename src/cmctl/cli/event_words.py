"""The log of a delivery in words."""

from cmctl.core.state import Move
from cmctl.store.base import Event

_WORDS = {
    "add": "planned by its file",
    "alter": "changed in its file",
    "drop": "taken out of its file",
    Move.CLAIM: "taken by a worker",
    Move.RELEASE: "let go on",
    Move.CANCEL: "cancelled",
    Move.KEEP: "kept by its worker while its files are uploaded",
    Move.GIVE_BACK: "given back before anything was sent",
    Move.SEND: "sent",
    Move.REFUSE: "refused by the network",
    Move.UNSENT: "not sent: certain",
    Move.DOUBT: "may have been sent: nobody knows",
    Move.LOOK: "looked for on the network",
    Move.RESEND: "sent again under the same key",
    "rule": "decided about two texts that stand",
    "nearing": "told once more, for its slot comes near",
    "removed": "the other text was deleted, and asked for again: it is gone",
    "removal-failed": "the other text could not be deleted yet",
    "not-removed": "the other text was not deleted",
    Move.RETRY: "planned once more by a person",
}
_PROOFS = {
    "answer": "the network answered",
    "found": "found on the network",
    "journal": "from the journal",
    "late answer": "the network answered, late",
    "person": "a person said so",
}


def in_words(event: Event, *, answers: bool = False) -> str:
    """Return what happened, and why where the log has it; `answers`: no file plans a reply."""
    data = event.data
    match event.kind:
        case Move.HOLD:
            return f"held, {data.get('reason', '')}: {data.get('detail', '')}".rstrip(": ,")
        case Move.PUBLISH:
            altered = f"; {data['altered']}" if data.get("altered") else ""
            return f"published: {_PROOFS.get(str(data.get('by')), 'proved')}{altered}"
        case "flag":
            return "the guard warned: it may tell the same news"
        case "edited":
            return "its file says something else now" if data.get("edited") else "as its file again"
        case "add" if answers or event.after == "held":
            return "written with cmctl reply" if answers else "planned by its file, and held"
    said = _WORDS.get(event.kind, event.kind)
    why = data.get("error") or data.get("reason") or data.get("why") or ""
    attempt = f", attempt {data['attempt']}" if "attempt" in data else ""
    return f"{said}{attempt}: {why}" if why else f"{said}{attempt}"

"""What the pictures on a timeline look like: fetched once, when a status is first seen.

They are evidence beside the text, so a picture that cannot be had in a moment is done without.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

from cmctl.app.context import Context
from cmctl.app.guard.pictures import PictureError, fingerprint_of
from cmctl.core.errors import CmctlError
from cmctl.core.model import Status

#: Of one reading, the latest first, and of one status.
MOST_STATUSES = 20
MOST_IMAGES = 4
#: A delivery may wait for this reading with its claim: seconds for all of them together.
PATIENCE = 10.0
_READERS = 4


def with_pictures(ctx: Context, name: str, statuses: Sequence[Status]) -> Sequence[Status]:
    """Return new statuses with the fingerprints of their pictures, which the store keeps."""
    latest = sorted((s for s in statuses if s.images), key=lambda s: s.at, reverse=True)
    if not latest:
        return statuses
    found = _looked_at(ctx, latest[:MOST_STATUSES])
    ctx.store.keep_status_pictures(name, found)
    return [replace(one, pictures=found.get(one.remote_id, one.pictures)) for one in statuses]


def _looked_at(ctx: Context, statuses: Sequence[Status]) -> Mapping[str, tuple[str, ...]]:
    readers = ThreadPoolExecutor(_READERS, thread_name_prefix="picture")
    asked = {
        status.remote_id: [
            readers.submit(_fingerprint, ctx, address) for address in status.images[:MOST_IMAGES]
        ]
        for status in statuses
    }
    wait([future for futures in asked.values() for future in futures], timeout=PATIENCE)
    readers.shutdown(wait=False, cancel_futures=True)
    seen = {
        remote_id: tuple(filter(None, map(_known, futures))) for remote_id, futures in asked.items()
    }
    return {remote_id: pictures for remote_id, pictures in seen.items() if pictures}


def _fingerprint(ctx: Context, address: str) -> str:
    try:
        return fingerprint_of(ctx.fetch(address).data)
    except (CmctlError, PictureError):
        return ""


def _known(future: "Future[str]") -> str:
    return future.result() if future.done() and not future.cancelled() else ""

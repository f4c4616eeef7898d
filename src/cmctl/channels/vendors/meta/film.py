"""Films on a Facebook Page: sent in parts that nobody sees, then published by one request.

developers.facebook.com, "Video API" (resumable uploading: start, transfer, finish), Graph API
reference (Page Videos, Video). They go to a host of their own. Facebook says which part it wants
next, and reads a film after it was published: only then has it a post.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Attachment, ChannelError, MediaRules, Rejected, Uncertain
from cmctl.channels.content import refuse_heavy
from cmctl.channels.vendors.meta.account import at
from cmctl.channels.vendors.meta.graph import Graph, inner

#: Of films: more than 100 MB is never read (app/media); Facebook itself takes 10 GB.
RULES: Final = MediaRules(
    count=10,
    bytes=4_000_000,
    formats=("jpg", "jpeg", "png"),
    films=("mp4", "mov"),
    film_bytes=100_000_000,
)
#: How often, once in five seconds, a film that Facebook reads is asked for.
_LOOKS, _PAUSE = 48, 5.0
_FAILED: Final = frozenset({"error", "expired", "upload_failed"})


class Films:
    """The films of one Page; `graph` reads them, `uploads` takes them."""

    def __init__(
        self, page: str, graph: Graph, uploads: Graph, sleep: Callable[[float], None]
    ) -> None:
        self._page = page
        self._path = f"{at(page)}/videos"
        self._graph = graph
        self._uploads = uploads
        self._sleep = sleep

    def upload(self, film: Attachment) -> str:
        """Send a film that nobody sees yet; return what publishes it.

        Raises:
            Rejected, Unavailable: nothing was published either way.
        """
        refuse_heavy(film, RULES, "Facebook")
        size = len(film.data)
        begun = {"upload_phase": "start", "file_size": str(size)}
        answer = self._uploads.form(self._path, begun, unseen=True)
        session, video = answer.text("upload_session_id"), answer.text("video_id")
        start, end = _span(answer, 0, size)
        while start < end:
            part = replace(film, data=film.data[start:end])
            about = {"upload_phase": "transfer", "upload_session_id": session}
            fields = {**about, "start_offset": str(start)}
            answer = self._uploads.file(self._path, fields, part, name="video_file_chunk")
            start, end = _span(answer, end, size)
        return f"{session}:{video}"

    def publish(self, uploaded: str, text: str) -> str:
        """Publish a film with its text, once; return its post's id.

        Raises:
            Rejected: Facebook cannot make anything of the film.
            Uncertain: also where it has no post yet.
        """
        session, _, video = uploaded.partition(":")
        fields = {"upload_phase": "finish", "upload_session_id": session}
        if text:
            fields["description"] = text
        answer = self._uploads.form(self._path, fields)
        if answer.record().get("success") is not True:
            raise answer.malformed("without publishing it")
        post = self._post_of(video)
        if not post:
            message = f"Facebook is still reading the film after {_LOOKS * _PAUSE:.0f} s"
            raise Uncertain(message)
        return post if "_" in post else f"{self._page}_{post}"

    def close(self) -> None:
        """Let go of connections."""
        self._uploads.close()

    def _post_of(self, video: str) -> str:
        """Return the id of a film's post; empty: it has none as long as we look."""
        post = ""
        for _ in range(_LOOKS):
            told = self._told(video)
            state, post = inner(told, "status").get("video_status"), str(told.get("post_id") or "")
            if state in _FAILED:
                message = "Facebook cannot show the film: is it an MP4 or MOV, from 9:16 to 16:9?"
                raise Rejected(message)
            if post and state != "processing":
                break
            self._sleep(_PAUSE)
        return post

    def _told(self, video: str) -> dict[str, object]:
        try:
            return self._graph.get(at(video), {"fields": "post_id,status"}).record()
        except ChannelError as problem:  # it is published all the same, or will be
            message = f"the film was taken, and its post could not be looked for: {problem}"
            raise Uncertain(message) from problem


def _span(answer: Answer, start: int, size: int) -> tuple[int, int]:
    """Return which part is wanted next; it begins at `start`, and where nothing is, all came."""
    try:
        span = int(answer.text("start_offset")), int(answer.text("end_offset"))
    except ValueError:
        span = (-1, -1)
    if span[0] != start or not start <= span[1] <= size or (span[0] == span[1] != size):
        raise answer.malformed("with a part that the film does not have")
    return span

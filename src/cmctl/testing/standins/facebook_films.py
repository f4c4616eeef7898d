"""The films of a stand-in for a Facebook Page: sent in parts, published, read, then posted.

developers.facebook.com, "Video API" (resumable uploading), Graph API reference (Video).
"""

from dataclasses import dataclass
from typing import Any

from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.graph import GraphStandIn, refused
from cmctl.testing.standins.server import answers

#: The largest part that is asked for, in bytes.
PART = 4 << 20


@dataclass
class Film:
    """A film on its way, and how often it is still being read once it is published."""

    session: str
    size: int
    looks: int
    data: bytes = b""
    #: What is published with it; None: it is not.
    text: str | None = None
    post: str = ""

    @property
    def span(self) -> dict[str, str]:
        """Return which part is wanted next."""
        start = len(self.data)
        return {"start_offset": str(start), "end_offset": str(min(start + PART, self.size))}


class FacebookFilms(GraphStandIn):
    """The films of one Page."""

    def __init__(self) -> None:
        super().__init__()
        #: By the number of the video.
        self.films: dict[str, Film] = {}
        #: How often a film is asked for in vain before it is ready.
        self.looks = 2
        #: What a film is once Facebook has read it: `ready`, `processing` or `error`.
        self.films_become = "ready"

    @answers("POST /{version}/{page}/videos", call="upload")
    def add_video(self, asked: Asked) -> object:
        phase = asked.values["upload_phase"]
        if phase == "start":
            return self._begun(asked.values["file_size"])
        session = asked.values.get("upload_session_id")
        film = next((one for one in self.films.values() if one.session == session), None)
        if film is None:
            raise refused(6000, "There was a problem uploading your video file.", sub=1363019)
        if phase == "transfer":
            return self._transferred(film, asked)
        if phase == "cancel" or len(film.data) != film.size or film.text is not None:
            raise refused(6000, "There was a problem uploading your video file.", sub=1363037)
        film.text = asked.values.get("description", "")
        return {"success": True}

    def video(self, number: str) -> dict[str, Any]:
        """Return a film as it is asked for: it is ready when it was asked for often enough."""
        film = self.films[number]
        film.looks -= film.text is not None
        state = self.films_become if film.looks < 0 else "processing"
        if state == "ready" and not film.post:
            film.post = self.posted(film.text or "")
        told = {"id": number, "status": {"video_status": state}}
        return {**told, "post_id": film.post.rpartition("_")[2]} if film.post else told

    def read_on(self) -> None:
        """Go on reading the films that were published."""
        for number in self.films:
            self.video(number)

    def posted(self, text: str) -> str:
        """Post a film; return the post's id."""
        raise NotImplementedError

    def number(self) -> str:
        """Return an id that nothing has yet."""
        raise NotImplementedError

    def _begun(self, size: int) -> dict[str, str]:
        video, session = self.number(), self.number()
        self.films[video] = Film(session, size, self.looks)
        return {"video_id": video, "upload_session_id": session, **self.films[video].span}

    def _transferred(self, film: Film, asked: Asked) -> dict[str, str]:
        part = asked.files["video_file_chunk"].data
        if asked.values["start_offset"] != len(film.data) or len(part) > PART:
            raise refused(6001, "There was a problem with your request.", sub=1363037)
        film.data += part
        return film.span

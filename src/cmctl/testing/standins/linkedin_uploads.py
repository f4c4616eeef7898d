"""What a stand-in for LinkedIn is given before a post names it.

learn.microsoft.com/linkedin, "Images API", "Videos API".
"""

from dataclasses import dataclass, field

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.server import Refused, StandIn, answers

#: The largest part of a film, in bytes.
PART = 4 << 20


@dataclass
class Film:
    """A film on its way, and how often it is still not ready."""

    owner: str
    size: int
    looks: int
    parts: dict[int, bytes] = field(default_factory=dict)
    is_whole: bool = False


class Uploads(StandIn):
    """Images and films that were begun or have come."""

    def __init__(self) -> None:
        super().__init__()
        #: By URN: the bytes, or None where they have not come.
        self.images: dict[str, bytes | None] = {}
        #: By URN.
        self.films: dict[str, Film] = {}
        #: How often a film is asked for in vain before it is ready.
        self.looks = 2
        #: What a film is once LinkedIn has read it: `AVAILABLE` or `PROCESSING_FAILED`.
        self.films_become = "AVAILABLE"
        #: Where images are to be sent; empty: here.
        self.uploads = ""
        self._last = 7_400_000_000_000_000_000

    @answers("POST /rest/images", call="upload")
    def initialize_upload(self, asked: Asked) -> object:
        number = self._number()
        urn = f"urn:li:image:D4E{number}"
        self.images[urn] = None
        address = f"{self._home}/D4E{number}/uploaded-image/0?ca=1&sync=0"
        return {"value": {"uploadUrlExpiresAt": self._tomorrow, "uploadUrl": address, "image": urn}}

    @answers("PUT /dms-uploads/{file}/uploaded-image/0", call="upload")
    def upload(self, asked: Asked) -> object:
        self.images[f"urn:li:image:{asked.path['file']}"] = asked.body
        return Reply(status=201)

    @answers("POST /rest/videos", call="upload")
    def act_on_video(self, asked: Asked) -> object:
        if asked.query["action"] == "finalizeUpload":
            return self._finalized(asked)
        said = asked.values["initializeUploadRequest"]
        name = f"D4D{self._number()}"
        size = said["fileSizeBytes"]
        film = self.films[f"urn:li:video:{name}"] = Film(said["owner"], size, self.looks)
        told = [
            {
                "uploadUrl": f"{self._home}/{name}/uploadedVideo/{number}?sync=0",
                "firstByte": first,
                "lastByte": min(first + PART, film.size) - 1,
            }
            for number, first in enumerate(range(0, film.size, PART))
        ]
        about = {"uploadUrlsExpireAt": self._tomorrow, "video": f"urn:li:video:{name}"}
        return {"value": {**about, "uploadInstructions": told, "uploadToken": ""}}

    @answers("PUT /dms-uploads/{file}/uploadedVideo/{part}", call="upload")
    def upload_part(self, asked: Asked) -> object:
        number = int(asked.path["part"])
        self.films[f"urn:li:video:{asked.path['file']}"].parts[number] = asked.body
        return Reply(status=200, headers={"etag": f"/ambry-video/signedId/{number}"})

    @answers("GET /rest/videos/{video}", call="read")
    def get_video(self, asked: Asked) -> object:
        urn = asked.path["video"]
        film = self.films[urn]
        film.looks -= 1
        state = "PROCESSING" if film.looks >= 0 else self.films_become
        state = state if film.is_whole else "WAITING_UPLOAD"
        if state == "AVAILABLE":
            self.images[urn] = b"".join(film.parts[number] for number in sorted(film.parts))
        return {"id": urn, "owner": film.owner, "status": state}

    def _finalized(self, asked: Asked) -> object:
        said = asked.values["finalizeUploadRequest"]
        film = self.films[said["video"]]
        wanted = [f"/ambry-video/signedId/{number}" for number in sorted(film.parts)]
        if said["uploadedPartIds"] != wanted or sum(map(len, film.parts.values())) != film.size:
            message = "ERROR :: /uploadedPartIds :: parts of the video are missing"
            raise Refused(422, {"message": message, "status": 422})
        film.is_whole = True
        return Reply(status=200)

    @property
    def _home(self) -> str:
        return f"{self.uploads or self.url}/dms-uploads"

    @property
    def _tomorrow(self) -> int:
        return int(self.clock().timestamp() * 1000) + 86_400_000

    def _number(self) -> str:
        self._last += 1
        return str(self._last)

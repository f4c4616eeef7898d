"""A bucket of Amazon S3, or of one of the many storages that speak as it does.

Signing, addressing styles and retries are obstore's, Python's face of Rust's `object_store`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from cmctl.channels.base import Attachment, Rejected, Unavailable
from cmctl.channels.hosting.base import ADDRESS, Opening
from cmctl.channels.options import Form, Option
from cmctl.channels.spoken import redacted

if TYPE_CHECKING:
    from obstore.store import S3Store


class S3Host(Opening):
    """A folder of a bucket; that everybody can read it is set there, in the bucket's policy."""

    kind: ClassVar[str] = "s3"
    options: ClassVar[tuple[Option, ...]] = (
        ADDRESS,
        Option(name="bucket", what="the bucket's name"),
        Option(
            name="endpoint",
            what="the storage's address, such as https://s3.fr-par.scw.cloud; none: Amazon's own",
            form=Form.ADDRESS,
            required=False,
        ),
        Option(name="region", what="such as eu-west-3", required=False),
        Option(name="folder", what="the folder in the bucket", required=False),
        Option(name="key", what="a reference to the access key", form=Form.SECRET),
        Option(name="secret", what="a reference to the secret key", form=Form.SECRET),
    )

    def __init__(  # noqa: PLR0913 - as many as a bucket has
        self,
        *,
        address: str,
        bucket: str,
        key: str,
        secret: str,
        endpoint: str = "",
        region: str = "us-east-1",
        folder: str = "",
    ) -> None:
        self._address = address.rstrip("/")
        self._bucket = bucket
        self._endpoint = endpoint
        self._region = region
        self._folder = folder.strip("/")
        self._key = key
        self._secret = secret

    def __repr__(self) -> str:
        return f"S3Host({self._bucket})"

    def put(self, file: Attachment) -> str:
        """Write the object."""
        with self._said():
            self._store.put(file.name, file.data, attributes={"Content-Type": file.type})
        return f"{self._address}/{quote(file.name)}"

    def remove(self, name: str) -> None:
        """Delete the object; S3 says nothing of one that is gone."""
        with self._said():
            self._store.delete(name)

    def names(self) -> Iterator[str]:
        """Yield the objects of the folder."""
        with self._said():
            for chunk in self._store.list():
                yield from (item["path"] for item in chunk if "/" not in item["path"])

    def close(self) -> None:
        """Let go of nothing: connections end with the process."""

    @cached_property
    def _store(self) -> "S3Store":
        try:
            from obstore.store import S3Store  # noqa: PLC0415 - an extra, and heavy
        except ImportError:
            message = "images on S3 need obstore: pip install 'cmctl[s3]'"
            raise Rejected(message) from None
        place = {"endpoint": self._endpoint} if self._endpoint else {}
        return S3Store(
            self._bucket,
            prefix=self._folder or None,
            region=self._region,
            access_key_id=self._key,
            secret_access_key=self._secret,
            client_options={
                "timeout": "30s",
                "connect_timeout": "10s",
                "allow_http": self._endpoint.startswith("http://"),
            },
            retry_config={"max_retries": 1},
            **place,  # type: ignore[arg-type] # its types know no optional ones
        )

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in our words what went wrong."""
        store = self._store
        from obstore import exceptions  # noqa: PLC0415 - as above

        refusals = (
            exceptions.PermissionDeniedError,
            exceptions.UnauthenticatedError,
            exceptions.NotFoundError,
            exceptions.InvalidPathError,
        )
        try:
            yield
        except refusals as problem:
            raise Rejected(f"{store.config.get('bucket')} refuses: {self._why(problem)}") from None
        except exceptions.BaseError as problem:
            message = f"{self._bucket} cannot be reached: {self._why(problem)}"
            raise Unavailable(message) from None

    def _why(self, problem: Exception) -> str:
        first = str(problem).strip().splitlines()[0][:200]
        return redacted(first, secrets=(self._secret,))

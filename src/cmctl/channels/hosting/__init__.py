"""Where images stand in public for networks that fetch them: Instagram, Threads, Google Business.

One file a kind of place, each a `Host`; `hosts()` is the table of them.
"""

from collections.abc import Mapping

from cmctl.channels.hosting.base import Host, check_host

__all__ = ["Host", "check_host", "hosts"]


def hosts() -> Mapping[str, type[Host]]:
    """Return every kind of host by the name used in YAML."""
    from cmctl.channels.hosting.s3 import S3Host  # noqa: PLC0415 - few workspaces host images
    from cmctl.channels.hosting.sftp import SftpHost  # noqa: PLC0415
    from cmctl.channels.hosting.webdav import WebDavHost  # noqa: PLC0415
    from cmctl.channels.hosting.wordpress import WordPressHost  # noqa: PLC0415

    return {kind.kind: kind for kind in (S3Host, SftpHost, WebDavHost, WordPressHost)}

"""What a stand-in for LinkedIn says where it refuses.

learn.microsoft.com/linkedin, "Error Handling", "Rate Limits".
"""

from typing import Any

from cmctl.testing.standins.server import Refused


def refused(status: int, message: str, *, service: int = 0, code: str = "") -> Refused:
    """Return a refusal in LinkedIn's form."""
    value: dict[str, Any] = {"message": message, "status": status}
    if service:
        value["serviceErrorCode"] = service
    if code:
        value["code"] = code
    return Refused(status, value)


TOKENS = {
    "expired": refused(
        401,
        "The token used in the request has expired",
        service=65602,
        code="EXPIRED_ACCESS_TOKEN",
    ),
    "unknown": refused(401, "Invalid access token", service=65600, code="INVALID_ACCESS_TOKEN"),
}
USED_UP = refused(
    429,
    "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    service=101,
    code="TOO_MANY_REQUESTS",
)
DENIED = refused(
    403,
    "Not enough permissions to access: posts.CREATE.20260701",
    service=100,
    code="ACCESSDENIED",
)
MISSING = refused(404, "Could not find entity", code="NOT_FOUND")

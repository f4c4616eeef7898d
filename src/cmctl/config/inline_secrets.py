"""Recognising secrets that somebody wrote into the workspace, without ever repeating them."""

import re

from cmctl.config.secrets import is_reference
from cmctl.config.wrong import Wrong

_NAME = re.compile(
    r"(?:.*[_-])?(?:tokens?|passwords?|passwd|passphrase|secrets?|credentials?|jwt"
    r"|(?:api|access|secret|private|client|app|auth|signing|webhook)[_-]?(?:key|secret|password))",
    re.IGNORECASE,
)

_SHAPES = re.compile(
    r"""
      gh[oprsu]_[A-Za-z0-9]{20,} | github_pat_\w{20,}     # GitHub
    | glpat-[\w-]{16,}                                    # GitLab
    | xox[abeoprs]-[\w-]{10,}                             # Slack
    | EAA[A-Za-z0-9]{30,}                                 # Facebook
    | AKIA[A-Z0-9]{16}                                    # AWS
    | sk[-_](?:live|test|ant|proj)?[\w-]{16,}             # Stripe and others
    | eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                     # JSON Web Tokens
    | \d{8,10}:[\w-]{35}                                  # Telegram
    | [a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}     # Bluesky app passwords
    | (?:Bearer|Basic)\ [\w.~+/=-]{16,}
    | (?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32,} # long and random
    | (?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{32,}
    """,
    re.VERBOSE | re.ASCII,
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WITH_PASSWORD = re.compile(_ADDRESS.pattern + r"[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
#: Whoever has such an address posts with it: the last part is random, and short of a shape.
_WEBHOOK = re.compile(_ADDRESS.pattern + r"hooks\.slack\.com/", re.IGNORECASE)
_BETWEEN = re.compile(r"[/?&=#]")


def is_secret_name(name: str) -> bool:
    """Tell whether an option of this name holds a secret."""
    return bool(_NAME.fullmatch(name))


def refuse_inline(name: str, value: str, *, variable: str) -> None:
    """Let references pass, and everything that is no secret.

    `variable` is the environment variable that the fix proposes.

    Raises:
        Wrong: `value` is a secret, or looks like one.
    """
    if is_reference(value):
        return
    if is_secret_name(name):
        message = f'"{name}" is a secret and does not belong into a file that git keeps'
    elif _WITH_PASSWORD.match(value):
        message = f'"{name}" holds an address with a password in it'
    elif _lets_in(value.strip()):
        message = f'"{name}" holds an address that lets in whoever knows it'
    elif _SHAPES.fullmatch(value.strip()):
        message = f'"{name}" looks like a secret, which does not belong into a file that git keeps'
    else:
        return
    fix = (
        f'put it into the environment and write "{name}: env:{variable}", or into a file that only'
        f' you can read (chmod 600) and write "{name}: file:PATH"; change it if it was ever pushed'
    )
    raise Wrong(message, fix, "inline-secret")


def _lets_in(value: str) -> bool:
    """Tell whether a value is an address with a secret among its parts, as webhooks have."""
    if not _ADDRESS.match(value):
        return False
    return bool(_WEBHOOK.match(value)) or any(map(_SHAPES.fullmatch, _BETWEEN.split(value)))

"""Certificates of an authority that only these tests know."""

import ssl
import threading
from functools import cache

import trustme

from cmctl.channels import wire

_gate = threading.Lock()


@cache
def authority() -> trustme.CA:
    """An authority that this process trusts beside those of the system."""
    made = trustme.CA()
    with _gate:
        wire.tls().load_verify_locations(cadata=made.cert_pem.bytes().decode())
    return made


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context

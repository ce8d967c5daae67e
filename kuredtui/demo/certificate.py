"""A certificate for the embedded API server, made at every start.

HTTPS is not for secrecy on loopback: kubectl and client-go send no bearer token over plain HTTP.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the server presents, and what a kubeconfig needs to trust it."""

    authority_pem: bytes
    server_context: ssl.SSLContext


def make_certificate(*names: str) -> Certificate:
    """A certificate for these host names and addresses, signed by an authority of its own."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return Certificate(authority.cert_pem.bytes(), context)

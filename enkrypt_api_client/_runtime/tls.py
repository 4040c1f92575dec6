"""How TLS is spoken with a peer, and what a caller can do where that fails."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Final


class TLSRemedies:
    """What a caller can do about TLS, in words for advice.

    Args:
        trust_authority: How to trust the authority of the peer's certificate.
        give_context: How to speak TLS with a context of one's own. What it needs can follow.
    """

    __slots__ = ("give_context", "trust_authority")

    def __init__(self, trust_authority: str, give_context: str) -> None:
        self.trust_authority: Final = trust_authority
        self.give_context: Final = give_context


WITHOUT_CONTEXT = TLSRemedies(
    "set SSL_CERT_FILE to the certificates of its authority",
    "pass ssl_context= with a context",
)
WITH_CONTEXT = TLSRemedies(
    "load the certificates of its authority into ssl_context=",
    "pass ssl_context= with a context",
)
WITH_OWN_CLIENT = TLSRemedies(
    "give http_client= a context (verify=) with the certificates of its authority",
    "give http_client= a context (verify=)",
)
OF_PROXY = TLSRemedies(
    "set SSL_CERT_FILE to the certificates of its authority",
    "pass an http_client= whose proxy has a context",
)


class TLSSettings:
    """How TLS is spoken with a peer.

    Args:
        context: The settings of Python's own module.
        remedies: What a caller can do about them.
    """

    __slots__ = ("context", "remedies")

    def __init__(self, context: ssl.SSLContext, remedies: TLSRemedies) -> None:
        self.context: Final = context
        self.remedies: Final = remedies

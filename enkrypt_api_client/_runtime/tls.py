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
        give_certificate: How to give a certificate of one's own.
        check_less: How to check certificates without VERIFY_X509_STRICT.
    """

    __slots__ = ("check_less", "give_certificate", "trust_authority")

    def __init__(
        self, trust_authority: str, give_certificate: str, check_less: str
    ) -> None:
        self.trust_authority: Final = trust_authority
        self.give_certificate: Final = give_certificate
        self.check_less: Final = check_less


_SET_FILE = "set SSL_CERT_FILE to the certificates of its authority"
# Where the caller has given neither ssl_context= nor http_client=, and the environment names no certificates.
WITHOUT_CONTEXT = TLSRemedies(
    _SET_FILE,
    "pass ssl_context= with a context that has one",
    "pass ssl_context= with a context without that flag",
)
# Where the caller has given ssl_context=.
WITH_CONTEXT = TLSRemedies(
    "load the certificates of its authority into ssl_context=",
    "load one into ssl_context= (load_cert_chain)",
    "take that flag out of ssl_context= (verify_flags)",
)
# Where the caller has given http_client=.
WITH_OWN_CLIENT = TLSRemedies(
    "give http_client= a context (verify=) with the certificates of its authority",
    "give http_client= a context (verify=) that has one",
    "give http_client= a context (verify=) without that flag",
)
# Of a proxy that is spoken to by TLS, for which no argument takes a context.
OF_PROXY = TLSRemedies(
    _SET_FILE,
    "pass an http_client= whose proxy has a context that has one",
    "pass an http_client= whose proxy has a context without that flag",
)


def with_certificates_of(variable: str, remedies: TLSRemedies) -> TLSRemedies:
    """Return remedies where an environment variable names certificates already, among which that of the authority is not."""
    return TLSRemedies(
        f"its authority is none of those of {variable}: add its certificates there",
        remedies.give_certificate,
        remedies.check_less,
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

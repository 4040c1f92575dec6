"""The credentials that a request has to carry, found in it.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0, Security Scheme Object; RFC 9110, section 11; RFC 7617 and 6750; RFC 6265 (cookies).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from scripts.conformance.exchange import Given, Sent
from scripts.conformance.operations import Operation, Schemes
from scripts.conformance.pairs import Pair

# A key, or user and password.
Credential = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where credentials stand in a request.

    Attributes:
        query: Names and values, percent-encoded.
        headers: Values by name in lower case.
        cookies: Names and values.
    """

    query: list[Pair] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[tuple[str, str]] = field(default_factory=list)


def placed_credentials(operation: Operation, given: Given, sent: Sent) -> Placed | None:
    """The credentials of the first alternative that a request satisfies; None where it satisfies none."""
    if not operation.security:
        return Placed()
    for alternative in operation.security:
        placed = _placed(alternative, given, sent)
        if placed is not None:
            return placed
    return None


def credential_faults(placed: Placed | None, given: Given, sent: Sent) -> Iterator[str]:
    """Credentials that are missing, and those that are where none belongs."""
    if placed is None:
        yield "the credentials are missing or stand in the wrong place"
        placed = Placed()
    for name, value in sent.headers:
        belongs = name in placed.headers or name == "cookie"
        if not belongs and _shows_secret(value, given):
            yield f"a credential stands in the header {name}"
    query = [f"{pair.name}={pair.value}" for pair in placed.query]
    for piece in sent.query.split("&"):
        if _shows_secret(piece, given) and piece not in query:
            yield "a credential stands in the query, where none belongs"
    if _shows_secret(sent.path, given):
        yield "a credential stands in the path"


def _placed(alternative: Schemes, given: Given, sent: Sent) -> Placed | None:
    """The places of the credentials of a security requirement in a request; None if one is missing. Of two for one place, one suffices."""
    places: dict[tuple[str, str], list[str]] = {}
    for name, scheme in alternative.items():
        if scheme is None or name not in given.credentials:
            return None
        location, key, value = _written(scheme, given.credentials[name])
        places.setdefault((location, key), []).append(value)
    placed = Placed()
    for (location, key), values in places.items():
        is_parameter = (location, key) in given.parameters
        sent_values = [v for v in values if _is_sent(location, key, v, sent)]
        if not sent_values and not is_parameter:
            return None
        value = (sent_values or values)[0]
        if location == "header":
            placed.headers[key] = value
        elif is_parameter:
            continue  # the parameter's value is what stands there
        elif location == "query":
            placed.query.append(Pair(quote(key, safe=""), quote(value, safe="")))
        else:
            placed.cookies.append((key, value))
    return placed


def _is_sent(location: str, key: str, value: str, sent: Sent) -> bool:
    """Whether a credential stands at its place."""
    if location == "header":
        return sent.header(key) == value
    if location == "cookie":
        cookies = re.split(r";\s*", sent.header("cookie") or "")
        return f"{key}={value}" in cookies
    expected = Pair(quote(key, safe=""), quote(value, safe=""))
    for piece in sent.query.split("&"):
        name, _, text = piece.partition("=")
        if expected.matches(name, text):
            return True
    return False


def _written(
    scheme: Mapping[str, object], credential: Credential
) -> tuple[str, str, str]:
    """Location, name and text of a credential; names of headers in lower case."""
    kind = str(scheme.get("type"))
    if kind == "apiKey":
        location = str(scheme.get("in"))
        name = str(scheme.get("name"))
        if location == "header":
            name = name.lower()
        return location, name, str(credential)
    # Names of HTTP authentication schemes are case-insensitive (RFC 9110, 11.1).
    if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        return "header", "authorization", f"Basic {_basic(credential)}"
    return "header", "authorization", f"Bearer {credential}"


def _basic(credential: Credential) -> str:
    """User and password as basic authentication writes them."""
    if isinstance(credential, tuple):
        credential = ":".join(credential)
    return base64.b64encode(credential.encode()).decode()


def _secrets_of(credential: Credential) -> list[str]:
    """The secret part of a credential."""
    if isinstance(credential, str):
        return [credential]
    return [credential[1], _basic(credential)]


def _shows_secret(text: str, given: Given) -> bool:
    secrets: list[str] = []
    for credential in given.credentials.values():
        secrets += _secrets_of(credential)
    return any(secret in text for secret in secrets)

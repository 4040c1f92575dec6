"""The user name and the password for the package index, and the masking of passwords in everything that is shown.

Both come from the environment and from nowhere else. Of other addresses, such as those of proxies, what stands before the @ is masked
too. `tools.run` masks what it quotes of a tool, and `make build` and `make publish` mask every line that they print. Data that is compared
is never masked: a short password would change it.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from scripts.common import addresses
from scripts.common.errors import ReleaseError

USERNAME = "TWINE_USERNAME"
PASSWORD = "TWINE_PASSWORD"  # noqa: S105  # the name of a variable
_MASK = "***"
# User name and password in an address, which may hold a slash by mistake.
_IN_ADDRESSES = re.compile(r"(?<=://)[^\s'\"<>]+(?=@)")
# Forms of fewer characters are masked only where they are words of their own, or they would tear holes into every sentence.
_SHORTEST_INSIDE_WORDS = 4
# Forms of at least as many characters are masked across the ends of lines, too.
_SHORTEST_WRAPPED = 8
# What may stand between two characters of a token that a tool has wrapped: the end of a line, with the frame of a table.
_LINE_END = r"(?:[ \t\u2502|]*[\r\n]+[ \t\u2502|]*)?"


@dataclass(frozen=True, slots=True)
class Login:
    """User name and password on the index."""

    username: str
    password: str = field(repr=False)


def login() -> Login:
    """Return what the environment says. Raises ReleaseError, naming the variables that are not set or can't be sent."""
    missing = [name for name in (USERNAME, PASSWORD) if not os.environ.get(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise ReleaseError(
            f"{' and '.join(missing)} {verb} not set; credentials are read from the environment only"
        )
    for name in (USERNAME, PASSWORD):
        if not os.environ[name].isascii():
            raise ReleaseError(
                f"{name} has characters other than ASCII, which tools encode differently; use another one, or a token"
            )
        if not os.environ[name].isprintable():
            raise ReleaseError(
                f"{name} holds a character that cannot be sent, such as a line end; set it again without"
            )
    if ":" in os.environ[USERNAME]:
        raise ReleaseError(
            f"{USERNAME} holds a colon, at which an index ends the user name (RFC 7617); use another one, or a token"
        )
    return Login(os.environ[USERNAME], os.environ[PASSWORD])


def masked(text: str) -> str:
    """Return a text for people, with every form of the passwords replaced."""
    forms: set[str] = set()
    for secret in addresses.passwords():
        forms.update(_forms("", secret))
    password = os.environ.get(PASSWORD, "")
    if password:
        forms.update(_forms(os.environ.get(USERNAME, ""), password))
    for form in sorted(forms, key=len, reverse=True):
        text = _pattern(form).sub(_MASK, text)
    return _IN_ADDRESSES.sub(_MASK, text)


def _forms(username: str, password: str) -> Iterator[str]:
    """Every way in which a tool or an index could write the password."""
    yield password
    yield quote(password)
    yield quote(password, safe="")
    yield quote_plus(password)
    yield json.dumps(password)[1:-1]
    yield json.dumps(password, ensure_ascii=False)[1:-1]
    yield html.escape(password)
    yield html.escape(password, quote=False)
    yield html.escape(password).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield repr(password)[1:-1]
    yield shlex.quote(password).strip("'")
    for encoding in ("utf-8", "latin-1"):
        try:
            data = password.encode(encoding)
            login_data = f"{username}:{password}".encode(encoding)
        except UnicodeEncodeError:
            continue
        yield data.hex()
        yield data.hex().upper()
        for encoded in (*_in_base64(data), base64.b64encode(login_data).decode()):
            yield encoded.rstrip("=")
            yield encoded.rstrip("=").replace("+", "-").replace("/", "_")


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield data in base64: alone, and the characters that are the same whatever stands before and after it, such as a user name."""
    yield base64.b64encode(data).decode()
    # Three bytes become four characters, so the characters depend on where in its group of three the data begins.
    for bytes_before, shared_characters in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(bytes(bytes_before) + data).decode()
        inside = encoded.rstrip("=")[shared_characters:]
        at_end = inside[:-1] if encoded.endswith("=") else inside
        for form in (inside, at_end):
            if len(form) >= _SHORTEST_INSIDE_WORDS:
                yield form


def _pattern(form: str) -> re.Pattern[str]:
    characters = [re.escape(character) for character in form]
    if len(form) < _SHORTEST_INSIDE_WORDS:
        word = "".join(characters)
        return re.compile(rf"(?<!\w){word}(?!\w)")
    between = _LINE_END if len(form) >= _SHORTEST_WRAPPED else ""
    # Tools write the letters of %2F and &#X27; in either case.
    flags = re.IGNORECASE if "%" in form or "&" in form else re.NOFLAG
    return re.compile(between.join(characters), flags)

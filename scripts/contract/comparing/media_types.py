"""Media types as they count for callers (RFC 9110, 8.3.1)."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r'\s*;\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


def media_key(content_type: str, *, received: bool = False) -> str:
    """A media type in one spelling, without the parameters that change nothing.

    JSON has no charset (RFC 8259, 11). UTF-8 is what is sent without one. What is received is decoded by the charset of the answer, and
    the boundary of multipart content is the sender's.
    """
    essence, _semicolon, rest = content_type.partition(";")
    essence = essence.strip().lower()
    parameters = []
    for name, value in _PARAMETER.findall(f";{rest}"):
        stated = value.strip().strip('"')
        if not _changes_nothing(essence, name.lower(), stated.lower(), received):
            parameters.append(f"{name.lower()}={stated}")
    return "; ".join([essence, *sorted(parameters)])


def _changes_nothing(essence: str, name: str, value: str, received: bool) -> bool:
    if name == "charset":
        return received or is_json(essence) or value in ("utf-8", "utf8")
    return name == "boundary" and essence.startswith("multipart/")


def is_json(content_type: str) -> bool:
    """Whether content of this type is JSON (RFC 6839, 3.1)."""
    essence = content_type.partition(";")[0].strip().lower()
    return essence in ("application/json", "text/json") or essence.endswith("+json")

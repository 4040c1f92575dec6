"""Media types as they count for callers (RFC 9110, 8.3.1)."""

from __future__ import annotations

import re

from scripts.contract.model import JSON_KIND
from scripts.contract.reading.media_types import kind_of

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
        is_json = kind_of(essence) == JSON_KIND
        return received or is_json or value in ("utf-8", "utf8")
    return name == "boundary" and essence.startswith("multipart/")

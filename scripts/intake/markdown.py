"""Find the documents in a Markdown page: what stands between its fences of four or more backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.common.errors import DocumentError

Announced = tuple[str, str] | None  # method and path, in the opening of a fence


_OPENS = re.compile(
    r"^(?P<fence>`{3,})(?:ya?ml|json)(?:[ \t]+(?P<method>[A-Za-z]+)[ \t]+(?P<path>/\S*))?[^\n`]*\n",
    re.MULTILINE,
)
_OPENAPI = r"[{\"]*openapi\b"


def fenced(content: str) -> Iterator[tuple[str, int, Announced]]:
    """What stands between fences of four or more backticks, the line on which it begins, and the operation that the fence announces.

    Text without any fence, but with `openapi` at the start of a line, is left to the caller.
    """
    end, line = 0, 1
    found = short = 0
    while opened := _OPENS.search(content, end):
        start, length = opened.end(), len(opened["fence"])
        line += content.count("\n", end, start)
        closes = re.compile(rf"^`{{{length},}}[ \t]*\r?$", re.MULTILINE)
        closed = closes.search(content, start)
        if closed is None and (length > 3 or not found):
            raise DocumentError(
                f"line {line - 1}: the fence that opens here is never closed by a line of {length} backticks"
            )
        if closed is None:
            break
        text, method = content[start : closed.start()], opened["method"]
        if length > 3:
            found += 1
            yield text, line, (method.lower(), opened["path"]) if method else None
        elif method or re.match(rf"\s*{_OPENAPI}", text):
            short = short or line - 1
        end = closed.end()
        line += content.count("\n", start, end)
    if not found and short:
        raise DocumentError(
            f"line {short}: this fence has three backticks, which a description inside could close; open and close it with four"
        )
    if not found and not re.search(f"^{_OPENAPI}", content, re.MULTILINE):
        raise DocumentError(
            "no OpenAPI document inside: no fence of four backticks opened by 'yaml METHOD /path'"
        )

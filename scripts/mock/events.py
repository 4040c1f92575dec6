"""Answers that come in pieces: server-sent events and JSON lines, one piece for each."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable

from starlette.responses import StreamingResponse

PAUSE = 0.05  # seconds between two pieces, so that a reader sees them come one by one
_JSON_LINES = re.compile(r"application/(x-)?(ndjson|jsonl|json-?lines)\b")
# The fields of an event, HTML standard section 9.2.6, and comments.
_IS_STREAM = re.compile(r"(data|event|id|retry)?:", re.MULTILINE)


def is_events(content_type: str) -> bool:
    """Return whether a media type is that of server-sent events."""
    return content_type.lower().startswith("text/event-stream")


def is_json_lines(content_type: str) -> bool:
    """Return whether a media type is one of those that JSON lines have."""
    return _JSON_LINES.match(content_type.lower()) is not None


def events(values: Iterable[object]) -> list[str]:
    """Return server-sent events, one for each value. Text that is written as events already is taken as it is."""
    pieces = []
    for value in values:
        if isinstance(value, str) and _IS_STREAM.match(value):
            pieces += [f"{event}\n\n" for event in re.split(r"\n{2,}", value.strip())]
            continue
        text = value
        if not isinstance(text, str):
            text = json.dumps(value)
        lines = "".join(f"data: {line}\n" for line in text.split("\n"))
        pieces.append(f"{lines}\n")
    return pieces


def json_lines(values: Iterable[object]) -> list[str]:
    """Return a line of JSON for each value."""
    return [f"{json.dumps(value)}\n" for value in values]


def in_pieces(pieces: list[str], status: int, content_type: str) -> StreamingResponse:
    """Return a response that sends one piece after the other."""

    async def content() -> AsyncIterator[str]:
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(PAUSE)
            yield piece

    return StreamingResponse(content(), status, media_type=content_type)

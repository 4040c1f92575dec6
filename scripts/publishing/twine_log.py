"""Shortens what `twine upload --verbose` prints where it fails: its errors, the reason that the index gives, and what to do.

Twine prints, with spaces before all lines of a message but the first:

    Uploading distributions to https://packages.example/
    INFO     username: maintainer
    Uploading enkrypt_api_client-0.1.0-py3-none-any.whl
    INFO     Response from https://packages.example/:
             400 Bad Request
    INFO     <h1>No:</h1>
             we need a licence
    ERROR    HTTPError: 400 Bad Request from https://packages.example/
             Bad Request

Of this, `problems` returns the error, and `the index says: No: we need a licence`.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.publishing.credentials import PASSWORD, USERNAME

# The level of the lines before the first message, which say what failed; of those that say what is being uploaded; and of an exception.
_PREAMBLE = "preamble"
_PROGRESS = "progress"
_EXCEPTION = "exception"
_RECORD = re.compile(r"(INFO|WARNING|ERROR)\s+(.*)")
_REDIRECT = "RedirectDetected"
_RESPONSE = "Response from "
# Messages of one attempt among several, and advice on options of twine.
_UNIMPORTANT = re.compile(
    r"Retrying|Received \"\d{3}: |(?s:.*)Retry with the --verbose option"
)
_LONGEST_REASON = 500
# No tag holds the start of another one, so that the time to find all tags grows only with the length of the page.
_TAG = re.compile(r"(<[a-zA-Z/!][^<>]*>)")
_START_OF_UNSEEN = re.compile(r"<(style|script|head)\b", re.IGNORECASE)
_END_OF_UNSEEN = re.compile(r"</(style|script|head)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Record:
    """A message of twine. Its level is that of logging, or one of those above."""

    level: str
    text: str


def problems(lines: Sequence[str], url: str) -> list[str]:
    """Return why an upload failed.

    Args:
        lines: What the error of `tools.run` says: what failed, and the output of twine.
        url: Where it sent the files.
    """
    records = _records(lines)
    shown = [line for record in records for line in _shown(record)]
    reason = _reason(records)
    advice = _advice("\n".join(shown), reason, url)
    if reason:
        shown.append(f"the index says: {reason}")
    return [*advice, *shown]


def _records(lines: Sequence[str]) -> list[_Record]:
    """The messages, each with the lines that follow it."""
    messages: list[tuple[str, list[str]]] = [(_PREAMBLE, [])]
    for line in lines:
        match = _RECORD.fullmatch(line)
        if match is not None:
            messages.append((match[1], [match[2].strip()]))
        elif line.startswith("Uploading "):
            messages.append((_PROGRESS, [line]))
        elif line and not line.startswith(" ") and messages[-1][0] != _PREAMBLE:
            # No message of twine, but an exception that it does not handle.
            messages.append((_EXCEPTION, [line]))
        else:
            _level, texts = messages[-1]
            texts.append(line.strip())
    return [_Record(level, "\n".join(texts)) for level, texts in messages]


def _shown(record: _Record) -> list[str]:
    """The lines of a message that people see: of errors and warnings, without those about each attempt."""
    if record.level in ("INFO", _PROGRESS) or _UNIMPORTANT.match(record.text):
        return []
    if _REDIRECT in record.text:
        # It advises to set the other address, with what may be secret in its query.
        return [re.sub(r"\?\S+", "", record.text.partition("\n")[0])]
    return [line for line in record.text.split("\n") if line]


def _reason(records: Sequence[_Record]) -> str:
    """The content of the last response, as one line of text; empty if it has none."""
    content = ""
    remaining = iter(records)
    for record in remaining:
        if record.level == "INFO" and record.text.startswith(_RESPONSE):
            # Taken from what remains, because the content of a response may look like the start of one.
            following = next(remaining, None)
            content = ""
            if following is not None and following.level == "INFO":
                content = following.text
    return textwrap.shorten(html.unescape(_text_of(content)), _LONGEST_REASON)


def _text_of(page: str) -> str:
    """Return what a browser shows of a page, without its tags. Text that is no HTML stays as it is."""
    ended = {match[1].lower() for match in _END_OF_UNSEEN.finditer(page)}
    unseen = ""
    texts = []
    for piece in _TAG.split(page):
        start = _START_OF_UNSEEN.match(piece)
        end = _END_OF_UNSEEN.match(piece)
        if end is not None and end[1].lower() == unseen:
            unseen = ""
        elif not unseen and start is not None and start[1].lower() in ended:
            unseen = start[1].lower()
        elif not unseen and not _TAG.fullmatch(piece):
            texts.append(piece)
    return " ".join(texts)


def _advice(errors: str, reason: str, url: str) -> Iterator[str]:
    """Yield what to do, by the status of the answer."""
    match = re.search(r"HTTPError: (\d{3}) ", errors)
    status = match[1] if match else ""
    if status in ("401", "403"):
        yield f"the index refuses {USERNAME} and {PASSWORD} for uploads: it answers HTTP {status}"
    elif status in ("404", "405"):
        yield f"{url} does not take uploads; give their address: INDEX_URL=..."
    elif status == "409" or "already exist" in f"{errors} {reason}".lower():
        yield (
            "the index has a file of this name already; if it does not list it yet, run the same command again in a minute;"
            " if it never does, check SIMPLE_URL, where packages are read"
        )
    elif status == "413":
        yield "the index takes no files of this size; its limit for uploads must be raised"
    elif status.startswith("5"):
        yield f"the index fails: it answers HTTP {status}; run the same command again later, or ask those who run it"
    elif "requests.exceptions." in errors:
        yield "the upload broke off; run the same command again, and check that nothing on the way limits the size of files"
    elif _REDIRECT in errors:
        yield f"{url} leads elsewhere; give the address that takes uploads: INDEX_URL=..."

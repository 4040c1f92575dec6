"""What `twine upload --verbose` says where it fails, in our words: the reason that the index gives, and what to do."""

from __future__ import annotations

import html
import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.publishing.credentials import PASSWORD, USERNAME

# The lines that follow in a message are indented, so that nothing which an index answers begins one.
_RECORD = re.compile(r"(INFO|WARNING|ERROR)\s+(.*)")
_REDIRECT = "RedirectDetected"
_RESPONSE = "Response from "
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class _Record:
    """A message of twine; its level is empty for what stands before the first."""

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
    level = ""
    found: list[tuple[str, list[str]]] = [(level, [])]
    for line in lines:
        match = _RECORD.fullmatch(line)
        if match is not None:
            found.append((match[1], [match[2].strip()]))
        elif not line.startswith("Uploading "):
            found[-1][1].append(line.strip())
    return [_Record(level, "\n".join(texts)) for level, texts in found]


def _shown(record: _Record) -> list[str]:
    """The lines of a message that people see: of errors and warnings, without the ten about one address that does not answer."""
    is_shown = record.level != "INFO" and not record.text.startswith("Retrying")
    if not is_shown or "Retry with the --verbose option" in record.text:
        return []
    if _REDIRECT in record.text:
        # It advises to set the other address, with what may be secret in its query.
        return [re.sub(r"\?\S+", "", record.text.partition("\n")[0])]
    return [line for line in record.text.split("\n") if line]


def _reason(records: Sequence[_Record]) -> str:
    """The content of the last response, as one line of text; empty if it has none."""
    reason = ""
    for record, following in itertools.pairwise(records):
        if record.text.startswith(_RESPONSE):
            reason = following.text if following.level == "INFO" else ""
    reason = re.sub(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]*>", " ", reason)
    return textwrap.shorten(html.unescape(reason), _LONGEST_REASON)


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
    elif _REDIRECT in errors:
        yield f"{url} leads elsewhere; give the address that takes uploads: INDEX_URL=..."

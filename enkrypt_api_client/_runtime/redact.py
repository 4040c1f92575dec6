"""Takes secrets out of text, quotes what the service says, and finds its id of a request."""

from __future__ import annotations

import functools
import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any


DEEPEST = 200  # levels of nested JSON that everything which reads it can bear


LONGEST_QUOTE = 200  # characters of the service's own words in a message


_REQUEST_IDS = "x-enkrypt-correlation-id", "x-request-id"


_WORDS = "message", "detail", "error_description", "error", "title", "errors"


class Secrets:
    """The texts that no message may show, collected when they are first needed. Its `repr` shows none.

    Args:
        sources: Functions that return some of them.
    """

    def __init__(self, *sources: Callable[[], Iterable[str]]) -> None:
        self._sources = sources

    @functools.cached_property
    def _texts(self) -> tuple[str, ...]:
        texts: list[str] = []
        for source in self._sources:
            texts += source()
        return tuple(texts)

    def values(self) -> tuple[str, ...]:
        """Return all of them."""
        return self._texts

    def collected_again(self) -> Secrets:
        """Return the secrets of the same sources, which have others now."""
        return Secrets(*self._sources)


def masked_body(text: str, secrets: Sequence[str]) -> Any:
    """Parsed JSON, else text, without the secrets; None where there is no content."""
    try:
        # Written again, so that every string has a form that is searched for.
        parsed = json.loads(text)
        if is_deep(text, parsed):
            return masked(text, secrets)
        canonical = json.dumps(parsed, ensure_ascii=False)
        return json.loads(masked(canonical, secrets))
    except (ValueError, RecursionError):
        return masked(text, secrets) or None


def masked(text: str, secrets: Sequence[str]) -> str:
    """Text without the secrets, plain or escaped as in JSON, also as JSON within a string of JSON."""
    forms = {*secrets}
    for _ in range(2):
        forms |= {
            json.dumps(f, ensure_ascii=a)[1:-1] for f in forms for a in (True, False)
        }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def quoted(body: Any) -> str:
    """What the service says about an error in its own words, on one line."""
    words: Any = body
    for _ in range(4):
        if isinstance(words, dict):
            words = next((words[f] for f in _WORDS if words.get(f)), None)
        elif isinstance(words, list):
            words = words[0] if words else None
    if not isinstance(words, str):
        return ""
    if words.lstrip().startswith("<"):
        title = re.search(r"(?is)<title>(.*?)</title>", words[:10_000])
        words = title[1] if title else ""
    line = "".join(c for c in " ".join(words[:2000].split()) if c.isprintable())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 3]}..."


def masked_id(
    headers: Mapping[str, str], body: Any, secrets: Sequence[str]
) -> str | None:
    """The service's id of the request: from a header, else the body's field `request_id`."""
    found = next(filter(None, map(headers.get, _REQUEST_IDS)), None)
    if not found and isinstance(body, dict):
        found = body.get("request_id")
    if not isinstance(found, str) or not found:
        return None
    return "".join(c for c in masked(found, secrets) if c.isprintable())[:200]


def request_id(headers: Mapping[str, str], content: bytes) -> str | None:
    """The same of an answer that is not parsed yet."""
    has_field = b'"request_id"' in content
    return masked_id(
        headers,
        masked_body(content.decode("utf-8", "replace"), []) if has_field else None,
        [],
    )


def is_deep(text: str, value: Any) -> bool:
    """Whether parsed JSON is nested deeper than what reads it further can bear, whatever the interpreter's own limit."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        held = [item for item in level if isinstance(item, dict | list)]
        level = [x for v in held for x in (v.values() if isinstance(v, dict) else v)]
    return bool(level)

"""Patterns that never take long: have jsonschema, below openapi-core, search with an engine that gives up.

Python's own engine may need longer than anyone waits, `^(a+)+$` on forty letters for example. It cannot be interrupted meanwhile, and no
other thread runs. The engine of jsonschema-rs takes time that grows with the text, and counts its steps where it must go back.
"""

from __future__ import annotations

import functools
import re
from types import ModuleType

import jsonschema._keywords
import jsonschema._legacy_keywords
import jsonschema._utils
from jsonschema_rs import Draft202012Validator, ValidationErrorKind

from scripts.common.printer import shortened

# The modules that search for the patterns of a document. They have no setting for how.
_SEARCHING: tuple[ModuleType, ...] = (
    jsonschema._keywords,
    jsonschema._legacy_keywords,
    jsonschema._utils,
)
# How much of a text a match is: nobody asks, but whether there is one.
_FOUND = re.compile("")


class EndlessPatternError(Exception):
    """It cannot be told in reasonable time whether a pattern allows a text."""


class _BoundedSearch:
    """Takes the place of the module `re` where patterns of a document are searched for."""

    @staticmethod
    def search(pattern: str, text: str) -> re.Match[str] | None:
        """A match, or None. Raises EndlessPatternError."""
        validator = _validator(pattern)
        if validator is None or validator.is_valid(text):
            return _FOUND.match(text)
        for error in validator.iter_errors(text):
            if isinstance(error.kind, ValidationErrorKind.BacktrackLimitExceeded):
                raise EndlessPatternError(
                    f"the pattern {shortened(repr(pattern))} takes too long on this value"
                )
        return None


def search_within_bounds() -> None:
    """Have jsonschema search for patterns with the bounded engine, in the whole process."""
    for module in _SEARCHING:
        vars(module)["re"] = _BoundedSearch


@functools.lru_cache(maxsize=4096)
def _validator(pattern: str) -> Draft202012Validator | None:
    """Tells whether a pattern allows a text; None where the pattern is in a dialect that the client does not enforce either."""
    try:
        return Draft202012Validator({"type": "string", "pattern": pattern})
    except ValueError:
        return None

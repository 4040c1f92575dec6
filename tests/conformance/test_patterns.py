"""A text is found for the patterns that real documents have, and the search for one ends."""

from __future__ import annotations

import re

import pytest

from scripts.conformance.patterns import text_for


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z]{2}\d{4}(?=;);$",
        r"^(?!admin)[a-z]+$",
        r"^(a|b)\1$",
        r"^[^aA0 ]+$",
        r"\d{3}-\w+\s[A-F]?",
        r"^(?:[0-9a-f]{8}-)(?P<rest>[^/]*)$",
        r"^\S+@\S+\.\S+$",
        r"^.{30,}$",
        r"^a\.(?i)(pdf|png)$",
    ],
)
def test_a_text_that_fits_a_pattern_is_found(pattern: str) -> None:
    text = text_for(pattern, 1, 100)
    assert text is not None
    assert re.search(pattern.replace("(?i)", ""), text)


@pytest.mark.parametrize("pattern", [r"^(?=a)b$", r"[", r"\p{L}+", r"^(?!.).+$"])
def test_the_search_ends_where_there_is_no_text(pattern: str) -> None:
    assert text_for(pattern, 1, 100) is None


@pytest.mark.parametrize("pattern", ["^[ab]+$", "00u[0-9a-z]+", "^a{3,}b*$"])
def test_the_length_is_within_its_limits(pattern: str) -> None:
    text = text_for(pattern, 20, 20)
    assert text is not None
    assert len(text) == 20

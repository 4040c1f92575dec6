"""Every error that a command reports to a person. The message says what is wrong, where, and what to do; it becomes one line or more on
stderr."""

from __future__ import annotations


class DocumentError(Exception):
    """The document cannot be used: not readable, not OpenAPI 3.0 or 3.1, or beyond the safety limits."""


class GenerationError(Exception):
    """The client cannot be generated completely; one line for each problem."""


class ReleaseError(Exception):
    """A release step was refused or failed."""

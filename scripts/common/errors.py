"""Every error that a command reports to a person. The message says what is wrong, where, and what to do."""

from __future__ import annotations


class CommandError(Exception):
    """Base class. Each argument is one problem, and becomes one line on stderr."""

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(map(str, self.args))

    def __str__(self) -> str:
        return "\n".join(self.problems)


class DocumentError(CommandError):
    """The document cannot be used: not readable, not OpenAPI 3.0 to 3.2, or beyond the safety limits."""


class SiteError(CommandError):
    """A documentation site cannot be read: not reached, beyond a limit, or not what it claims to be."""


class GenerationError(CommandError):
    """The client cannot be generated completely."""


class LimitError(GenerationError):
    """The work on a document was stopped, because it takes too much time or memory."""


class FileError(GenerationError):
    """A file or folder cannot be read or replaced, because it is not what the project put there."""


class ReleaseError(CommandError):
    """A release step was refused or failed."""

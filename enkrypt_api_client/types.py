"""The types that callers see beside models: `UNSET`, `File`, `Response`. Written by hand in the place of the generator's own module."""

from ._runtime.values import (
    UNSET,
    File,
    FileInput,
    FileTypes,
    RequestFiles,
    Response,
    Unset,
)

__all__ = [
    "UNSET",
    "File",
    "FileInput",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
]

# This is the public path of these classes: in annotations, and in what `pickle` writes.
for _public in (File, Response, Unset):
    _public.__module__ = __name__

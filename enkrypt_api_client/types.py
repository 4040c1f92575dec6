"""The types that callers see beside models: `UNSET`, `File`, responses. Written by hand in the place of the generator's own module."""

from ._runtime.values import (
    UNSET,
    DetailedResponse,
    File,
    FileInput,
    FileTypes,
    RequestFiles,
    Response,
    Unset,
)

__all__ = [
    "UNSET",
    "DetailedResponse",
    "File",
    "FileInput",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
]

# This is the public path of these classes: in annotations, and in what `pickle` writes.
for _public in (DetailedResponse, File, Response, Unset):
    _public.__module__ = __name__

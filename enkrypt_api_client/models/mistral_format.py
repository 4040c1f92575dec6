# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

MistralFormat = _Literal["ollama", "openai"]

MISTRAL_FORMAT_VALUES: set[MistralFormat] = {
    "ollama",
    "openai",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["MistralFormat"] = _base.with_help(
    MistralFormat,
    """ If Mistral, it's format

    A value that the document does not list stays the string that the service sends. """,
)

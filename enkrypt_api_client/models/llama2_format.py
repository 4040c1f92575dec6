# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

Llama2Format = _Literal["openai"]

LLAMA_2_FORMAT_VALUES: set[Llama2Format] = {
    "openai",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["Llama2Format"] = _base.with_help(
    Llama2Format,
    """ If Llama2, it's format

    A value that the document does not list stays the string that the service sends. """,
)

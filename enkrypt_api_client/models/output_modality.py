# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

OutputModality = _Literal["text"]

OUTPUT_MODALITY_VALUES: set[OutputModality] = {
    "text",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["OutputModality"] = _base.with_help(
    OutputModality,
    """ `OutputModality`, which the document does not describe

    A value that the document does not list stays the string that the service sends. """,
)

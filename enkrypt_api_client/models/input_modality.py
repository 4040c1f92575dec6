# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

InputModality = _Literal["audio", "image", "text"]

INPUT_MODALITY_VALUES: set[InputModality] = {
    "audio",
    "image",
    "text",
}

globals()["InputModality"] = _base.with_help(
    InputModality,
    """ `InputModality` of the document, which does not describe it

    A value that the document does not list stays the string that the service sends. """,
)

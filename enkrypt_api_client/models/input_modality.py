# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

InputModality = Literal["audio", "image", "text"]

INPUT_MODALITY_VALUES: set[InputModality] = {
    "audio",
    "image",
    "text",
}


def check_input_modality(value: str) -> InputModality:
    """The value itself, known or not."""
    return cast(InputModality, value)

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

OutputModality = Literal["text"]

OUTPUT_MODALITY_VALUES: set[OutputModality] = {
    "text",
}


def check_output_modality(value: str) -> OutputModality:
    """The value itself, known or not."""
    return cast(OutputModality, value)

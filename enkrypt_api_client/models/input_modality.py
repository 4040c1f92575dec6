# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

InputModality = _Literal["audio", "image", "text"]

INPUT_MODALITY_VALUES: set[InputModality] = {
    "audio",
    "image",
    "text",
}

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

OutputModality = _Literal["text"]

OUTPUT_MODALITY_VALUES: set[OutputModality] = {
    "text",
}

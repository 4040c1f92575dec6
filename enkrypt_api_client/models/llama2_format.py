# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

Llama2Format = _Literal["openai"]

LLAMA_2_FORMAT_VALUES: set[Llama2Format] = {
    "openai",
}

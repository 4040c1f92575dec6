# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

MistralFormat = _Literal["ollama", "openai"]

MISTRAL_FORMAT_VALUES: set[MistralFormat] = {
    "ollama",
    "openai",
}

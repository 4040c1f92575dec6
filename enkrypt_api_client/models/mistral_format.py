# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

MistralFormat = Literal["ollama", "openai"]

MISTRAL_FORMAT_VALUES: set[MistralFormat] = {
    "ollama",
    "openai",
}


def check_mistral_format(value: str) -> MistralFormat:
    """The value itself, known or not."""
    return cast(MistralFormat, value)

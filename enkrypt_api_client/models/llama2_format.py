# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

Llama2Format = Literal["openai"]

LLAMA_2_FORMAT_VALUES: set[Llama2Format] = {
    "openai",
}


def check_llama_2_format(value: str) -> Llama2Format:
    """The value itself, known or not."""
    return cast(Llama2Format, value)

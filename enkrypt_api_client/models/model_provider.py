# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

ModelProvider = _Literal[
    "ai21",
    "alibaba",
    "anthropic",
    "anthropic_compatible",
    "azure_openai",
    "bedrock",
    "boxai",
    "cohere",
    "cohere_compatible",
    "custom",
    "deepseek",
    "enkryptai",
    "fireworks",
    "gemini",
    "groq",
    "huggingface",
    "llama",
    "mistral",
    "nutanix",
    "openai",
    "openai_compatible",
    "portkey",
    "sierra",
    "together",
    "url",
    "xactly",
]

MODEL_PROVIDER_VALUES: set[ModelProvider] = {
    "ai21",
    "alibaba",
    "anthropic",
    "anthropic_compatible",
    "azure_openai",
    "bedrock",
    "boxai",
    "cohere",
    "cohere_compatible",
    "custom",
    "deepseek",
    "enkryptai",
    "fireworks",
    "gemini",
    "groq",
    "huggingface",
    "llama",
    "mistral",
    "nutanix",
    "openai",
    "openai_compatible",
    "portkey",
    "sierra",
    "together",
    "url",
    "xactly",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["ModelProvider"] = _base.with_help(
    ModelProvider,
    """ Provider of the model which determines the request response format

    A value that the document does not list stays the string that the service sends. """,
)

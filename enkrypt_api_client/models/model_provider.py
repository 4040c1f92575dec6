# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

ModelProvider = Literal[
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


def check_model_provider(value: str) -> ModelProvider:
    """The value itself, known or not."""
    return cast(ModelProvider, value)

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""Contains all the data models used in inputs/outputs, each imported when it is first used.

Type checkers read `__init__.pyi` instead.
"""

from importlib import import_module

from .._runtime.importing import IMPORTING

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Programs that find imports without running them, such as PyInstaller, read them here.
    from . import (
        auth_data,  # noqa: F401
        bedrock_metadata,  # noqa: F401
        custom_header,  # noqa: F401
        custom_payload,  # noqa: F401
        custom_response_content_type,  # noqa: F401
        default_request_options,  # noqa: F401
        endpoint,  # noqa: F401
        enkrypt_ai_metadata,  # noqa: F401
        gemini_metadata,  # noqa: F401
        get_model_response_object,  # noqa: F401
        hosting_type,  # noqa: F401
        input_modality,  # noqa: F401
        jwt_header,  # noqa: F401
        jwt_method,  # noqa: F401
        llama2_format,  # noqa: F401
        metadata,  # noqa: F401
        mistral_format,  # noqa: F401
        model_auth_type,  # noqa: F401
        model_config,  # noqa: F401
        model_custom_request_object,  # noqa: F401
        model_jwt_config,  # noqa: F401
        model_provider,  # noqa: F401
        model_request_object,  # noqa: F401
        modify_model_response_object,  # noqa: F401
        output_modality,  # noqa: F401
        paths,  # noqa: F401
        testing_for,  # noqa: F401
        tool,  # noqa: F401
        xactly_metadata,  # noqa: F401
    )

_MODULES = {
    "AuthData": "auth_data",
    "BedrockMetadata": "bedrock_metadata",
    "CustomHeader": "custom_header",
    "CustomPayload": "custom_payload",
    "CustomResponseContentType": "custom_response_content_type",
    "DefaultRequestOptions": "default_request_options",
    "Endpoint": "endpoint",
    "EnkryptAIMetadata": "enkrypt_ai_metadata",
    "GeminiMetadata": "gemini_metadata",
    "GetModelResponseObject": "get_model_response_object",
    "HostingType": "hosting_type",
    "InputModality": "input_modality",
    "JwtHeader": "jwt_header",
    "JwtMethod": "jwt_method",
    "Llama2Format": "llama2_format",
    "Metadata": "metadata",
    "MistralFormat": "mistral_format",
    "ModelAuthType": "model_auth_type",
    "ModelConfig": "model_config",
    "ModelCustomRequestObject": "model_custom_request_object",
    "ModelJwtConfig": "model_jwt_config",
    "ModelProvider": "model_provider",
    "ModelRequestObject": "model_request_object",
    "ModifyModelResponseObject": "modify_model_response_object",
    "OutputModality": "output_modality",
    "Paths": "paths",
    "TestingFor": "testing_for",
    "Tool": "tool",
    "XactlyMetadata": "xactly_metadata",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with IMPORTING:
        module = import_module(f".{_MODULES[name]}", __name__)
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from .auth_data import AuthData as AuthData
from .bedrock_metadata import BedrockMetadata as BedrockMetadata
from .custom_header import CustomHeader as CustomHeader
from .custom_payload import CustomPayload as CustomPayload
from .custom_response_content_type import (
    CustomResponseContentType as CustomResponseContentType,
)
from .default_request_options import DefaultRequestOptions as DefaultRequestOptions
from .endpoint import Endpoint as Endpoint
from .enkrypt_ai_metadata import EnkryptAIMetadata as EnkryptAIMetadata
from .gemini_metadata import GeminiMetadata as GeminiMetadata
from .get_model_response_object import GetModelResponseObject as GetModelResponseObject
from .hosting_type import HostingType as HostingType
from .input_modality import InputModality as InputModality
from .jwt_header import JwtHeader as JwtHeader
from .jwt_method import JwtMethod as JwtMethod
from .llama2_format import Llama2Format as Llama2Format
from .metadata import Metadata as Metadata
from .mistral_format import MistralFormat as MistralFormat
from .model_auth_type import ModelAuthType as ModelAuthType
from .model_config import ModelConfig as ModelConfig
from .model_custom_request_object import (
    ModelCustomRequestObject as ModelCustomRequestObject,
)
from .model_jwt_config import ModelJwtConfig as ModelJwtConfig
from .model_provider import ModelProvider as ModelProvider
from .model_request_object import ModelRequestObject as ModelRequestObject
from .modify_model_response_object import (
    ModifyModelResponseObject as ModifyModelResponseObject,
)
from .output_modality import OutputModality as OutputModality
from .paths import Paths as Paths
from .testing_for import TestingFor as TestingFor
from .tool import Tool as Tool
from .xactly_metadata import XactlyMetadata as XactlyMetadata

__all__ = [
    "AuthData",
    "BedrockMetadata",
    "CustomHeader",
    "CustomPayload",
    "CustomResponseContentType",
    "DefaultRequestOptions",
    "Endpoint",
    "EnkryptAIMetadata",
    "GeminiMetadata",
    "GetModelResponseObject",
    "HostingType",
    "InputModality",
    "JwtHeader",
    "JwtMethod",
    "Llama2Format",
    "Metadata",
    "MistralFormat",
    "ModelAuthType",
    "ModelConfig",
    "ModelCustomRequestObject",
    "ModelJwtConfig",
    "ModelProvider",
    "ModelRequestObject",
    "ModifyModelResponseObject",
    "OutputModality",
    "Paths",
    "TestingFor",
    "Tool",
    "XactlyMetadata",
]

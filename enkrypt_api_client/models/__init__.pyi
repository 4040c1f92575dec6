# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""Contains all the data models used in inputs/outputs"""

from .auth_data import AuthData
from .bedrock_metadata import BedrockMetadata
from .custom_header import CustomHeader
from .custom_payload import CustomPayload
from .custom_response_content_type import CustomResponseContentType
from .default_request_options import DefaultRequestOptions
from .endpoint import Endpoint
from .enkrypt_ai_metadata import EnkryptAIMetadata
from .gemini_metadata import GeminiMetadata
from .get_model_response_object import GetModelResponseObject
from .hosting_type import HostingType
from .input_modality import InputModality
from .jwt_header import JwtHeader
from .jwt_method import JwtMethod
from .llama2_format import Llama2Format
from .metadata import Metadata
from .mistral_format import MistralFormat
from .model_auth_type import ModelAuthType
from .model_config import ModelConfig
from .model_custom_request_object import ModelCustomRequestObject
from .model_jwt_config import ModelJwtConfig
from .model_provider import ModelProvider
from .model_request_object import ModelRequestObject
from .modify_model_response_object import ModifyModelResponseObject
from .output_modality import OutputModality
from .paths import Paths
from .testing_for import TestingFor
from .tool import Tool
from .xactly_metadata import XactlyMetadata

__all__ = (
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
)

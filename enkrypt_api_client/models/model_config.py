# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models
from .. import types as _types
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.auth_data import AuthData
    from ..models.custom_header import CustomHeader
    from ..models.custom_payload import CustomPayload
    from ..models.custom_response_content_type import (
        CustomResponseContentType,
    )
    from ..models.default_request_options import DefaultRequestOptions
    from ..models.endpoint import Endpoint
    from ..models.hosting_type import HostingType
    from ..models.input_modality import InputModality
    from ..models.metadata import Metadata
    from ..models.model_auth_type import ModelAuthType
    from ..models.model_jwt_config import ModelJwtConfig
    from ..models.model_provider import ModelProvider
    from ..models.output_modality import OutputModality
    from ..models.paths import Paths
    from ..models.tool import Tool


@_attrs_define(kw_only=True)
class ModelConfig:
    """Model Config"""

    model_provider: ModelProvider
    """ Provider of the model which determines the request response format """

    hosting_type: HostingType | Unset = UNSET
    """ Hosting type of the model """

    model_source: str | Unset = UNSET
    """ Source of the model """

    tools: list[Tool] | Unset = UNSET
    """ Array of tools available to the model """

    input_modalities: list[InputModality] | Unset = UNSET
    """ Types of input that the model can process """

    output_modalities: list[OutputModality] | Unset = UNSET
    """ Types of output that the model can generate """

    rate_per_min: float | Unset = UNSET
    """ < 100 won't enable async. > 100 will enable async mode. > 200 we can run boosted
    async (all tests in parallel). Default 20. """

    system_prompt: str | Unset = UNSET
    """ System prompt """

    endpoint: Endpoint | Unset = UNSET
    """ Endpoint """

    paths: Paths | Unset = UNSET
    """ Paths """

    auth_data: AuthData | Unset = UNSET
    """ Auth Data """

    apikeys: list[str] | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ API Keys """

    model_auth_type: ModelAuthType | Unset = UNSET
    """ Model Auth Type (apikey or jwt) """

    model_jwt_config: ModelJwtConfig | Unset = UNSET
    """ Model Custom Auth Token Config """

    custom_curl_command: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ Custom Curl Command """

    custom_headers: list[CustomHeader] | Unset = UNSET
    """ Array of custom headers to be sent with requests """

    custom_payload: CustomPayload | Unset = _attrs_field(
        default=UNSET, repr=_types.masked
    )
    """ A flexible object that can contain any custom key-value pairs for the request
    payload. Only condition is to include {prompt} in the payload. """

    custom_response_content_type: CustomResponseContentType | Unset = UNSET
    """ Content type of the custom response. Currently only supports JSON. """

    custom_response_format: str | Unset = UNSET
    """ Optional response format path. Jq format for json type (e.g.
    '.choices[0].message.content') """

    metadata: Metadata | Unset = UNSET
    """ Metadata """

    default_request_options: DefaultRequestOptions | Unset = UNSET
    """ Default Request Options """

    additional_properties: dict[str, Any] = _attrs_field(
        init=False, factory=dict, repr=_types.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    def __repr__(self) -> str:
        return _types.shown(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""

        field_dict: dict[str, Any] = {**self.additional_properties}
        _value: Any
        _value = self.model_provider
        if _value is not UNSET:
            field_dict["model_provider"] = _value
        _value = self.hosting_type
        if _value is not UNSET:
            field_dict["hosting_type"] = _value
        _value = self.model_source
        if _value is not UNSET:
            field_dict["model_source"] = _value
        _value = self.tools
        if _value is not UNSET:
            field_dict["tools"] = [item.to_dict() for item in _value]
        _value = self.input_modalities
        if _value is not UNSET:
            field_dict["input_modalities"] = _value
        _value = self.output_modalities
        if _value is not UNSET:
            field_dict["output_modalities"] = _value
        _value = self.rate_per_min
        if _value is not UNSET:
            field_dict["rate_per_min"] = _value
        _value = self.system_prompt
        if _value is not UNSET:
            field_dict["system_prompt"] = _value
        _value = self.endpoint
        if _value is not UNSET:
            field_dict["endpoint"] = _value.to_dict()
        _value = self.paths
        if _value is not UNSET:
            field_dict["paths"] = _value.to_dict()
        _value = self.auth_data
        if _value is not UNSET:
            field_dict["auth_data"] = _value.to_dict()
        _value = self.apikeys
        if _value is not UNSET:
            field_dict["apikeys"] = _value
        _value = self.model_auth_type
        if _value is not UNSET:
            field_dict["model_auth_type"] = _value
        _value = self.model_jwt_config
        if _value is not UNSET:
            field_dict["model_jwt_config"] = _value.to_dict()
        _value = self.custom_curl_command
        if _value is not UNSET:
            field_dict["custom_curl_command"] = _value
        _value = self.custom_headers
        if _value is not UNSET:
            field_dict["custom_headers"] = [item.to_dict() for item in _value]
        _value = self.custom_payload
        if _value is not UNSET:
            field_dict["custom_payload"] = _value.to_dict()
        _value = self.custom_response_content_type
        if _value is not UNSET:
            field_dict["custom_response_content_type"] = _value
        _value = self.custom_response_format
        if _value is not UNSET:
            field_dict["custom_response_format"] = _value
        _value = self.metadata
        if _value is not UNSET:
            field_dict["metadata"] = _value.to_dict()
        _value = self.default_request_options
        if _value is not UNSET:
            field_dict["default_request_options"] = _value.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _model_provider = _rest_.pop("model_provider", UNSET)
        if _model_provider is None:
            _model_provider = UNSET
        _hosting_type = _rest_.pop("hosting_type", UNSET)
        if _hosting_type is None:
            _hosting_type = UNSET
        _model_source = _rest_.pop("model_source", UNSET)
        if _model_source is None:
            _model_source = UNSET
        _tools = _rest_.pop("tools", UNSET)
        if _tools is None:
            _tools = UNSET
        elif _tools is not UNSET:
            _tools = [models.Tool.from_dict(item) for item in _tools]
        _input_modalities = _rest_.pop("input_modalities", UNSET)
        if _input_modalities is None:
            _input_modalities = UNSET
        _output_modalities = _rest_.pop("output_modalities", UNSET)
        if _output_modalities is None:
            _output_modalities = UNSET
        _rate_per_min = _rest_.pop("rate_per_min", UNSET)
        if _rate_per_min is None:
            _rate_per_min = UNSET
        _system_prompt = _rest_.pop("system_prompt", UNSET)
        if _system_prompt is None:
            _system_prompt = UNSET
        _endpoint = _rest_.pop("endpoint", UNSET)
        if _endpoint is None:
            _endpoint = UNSET
        elif _endpoint is not UNSET:
            _endpoint = models.Endpoint.from_dict(_endpoint)
        _paths = _rest_.pop("paths", UNSET)
        if _paths is None:
            _paths = UNSET
        elif _paths is not UNSET:
            _paths = models.Paths.from_dict(_paths)
        _auth_data = _rest_.pop("auth_data", UNSET)
        if _auth_data is None:
            _auth_data = UNSET
        elif _auth_data is not UNSET:
            _auth_data = models.AuthData.from_dict(_auth_data)
        _apikeys = _rest_.pop("apikeys", UNSET)
        if _apikeys is None:
            _apikeys = UNSET
        _model_auth_type = _rest_.pop("model_auth_type", UNSET)
        if _model_auth_type is None:
            _model_auth_type = UNSET
        _model_jwt_config = _rest_.pop("model_jwt_config", UNSET)
        if _model_jwt_config is None:
            _model_jwt_config = UNSET
        elif _model_jwt_config is not UNSET:
            _model_jwt_config = models.ModelJwtConfig.from_dict(_model_jwt_config)
        _custom_curl_command = _rest_.pop("custom_curl_command", UNSET)
        if _custom_curl_command is None:
            _custom_curl_command = UNSET
        _custom_headers = _rest_.pop("custom_headers", UNSET)
        if _custom_headers is None:
            _custom_headers = UNSET
        elif _custom_headers is not UNSET:
            _custom_headers = [
                models.CustomHeader.from_dict(item) for item in _custom_headers
            ]
        _custom_payload = _rest_.pop("custom_payload", UNSET)
        if _custom_payload is None:
            _custom_payload = UNSET
        elif _custom_payload is not UNSET:
            _custom_payload = models.CustomPayload.from_dict(_custom_payload)
        _custom_response_content_type = _rest_.pop(
            "custom_response_content_type", UNSET
        )
        if _custom_response_content_type is None:
            _custom_response_content_type = UNSET
        _custom_response_format = _rest_.pop("custom_response_format", UNSET)
        if _custom_response_format is None:
            _custom_response_format = UNSET
        _metadata = _rest_.pop("metadata", UNSET)
        if _metadata is None:
            _metadata = UNSET
        elif _metadata is not UNSET:
            _metadata = models.Metadata.from_dict(_metadata)
        _default_request_options = _rest_.pop("default_request_options", UNSET)
        if _default_request_options is None:
            _default_request_options = UNSET
        elif _default_request_options is not UNSET:
            _default_request_options = models.DefaultRequestOptions.from_dict(
                _default_request_options
            )
        _result_ = cls.__new__(cls)
        _result_.model_provider = _model_provider
        _result_.hosting_type = _hosting_type
        _result_.model_source = _model_source
        _result_.tools = _tools
        _result_.input_modalities = _input_modalities
        _result_.output_modalities = _output_modalities
        _result_.rate_per_min = _rate_per_min
        _result_.system_prompt = _system_prompt
        _result_.endpoint = _endpoint
        _result_.paths = _paths
        _result_.auth_data = _auth_data
        _result_.apikeys = _apikeys
        _result_.model_auth_type = _model_auth_type
        _result_.model_jwt_config = _model_jwt_config
        _result_.custom_curl_command = _custom_curl_command
        _result_.custom_headers = _custom_headers
        _result_.custom_payload = _custom_payload
        _result_.custom_response_content_type = _custom_response_content_type
        _result_.custom_response_format = _custom_response_format
        _result_.metadata = _metadata
        _result_.default_request_options = _default_request_options
        _result_.additional_properties = _rest_
        return _result_ if cls is ModelConfig else _types.constructed(_result_)

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not describe."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

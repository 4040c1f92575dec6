# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models as _models
from .._runtime import model_base as _base
from .._runtime import values as _values
from ..types import UNSET, Unset


@_base.described
@_attrs_define(kw_only=True, repr=False, eq=False, getstate_setstate=False)
class ModelConfig(_base.OpenModel[Any]):
    """Model Config

    Attributes:
        model_provider (ModelProvider): Provider of the model which determines the
            request response format
        hosting_type (HostingType | Unset): Hosting type of the model
        model_source (str | Unset): Source of the model
        tools (list[Tool] | Unset): Array of tools available to the model
        input_modalities (list[InputModality] | Unset): Types of input that the model
            can process
        output_modalities (list[OutputModality] | Unset): Types of output that the model
            can generate
        rate_per_min (float | Unset): < 100 won't enable async. > 100 will enable async
            mode. > 200 we can run boosted async (all tests in parallel). Default 20.
        system_prompt (str | Unset): System prompt
        endpoint (Endpoint | Unset): Endpoint
        paths (Paths | Unset): Paths
        auth_data (AuthData | Unset): Auth Data
        apikeys (list[str] | Unset): API Keys
        model_auth_type (ModelAuthType | Unset): Model Auth Type (apikey or jwt)
        model_jwt_config (ModelJwtConfig | Unset): Model Custom Auth Token Config
        custom_curl_command (str | Unset): Custom Curl Command
        custom_headers (list[CustomHeader] | Unset): Array of custom headers to be sent
            with requests
        custom_payload (CustomPayload | Unset): A flexible object that can contain any
            custom key-value pairs for the request payload. Only condition is to include
            {prompt} in the payload.
        custom_response_content_type (CustomResponseContentType | Unset): Content type
            of the custom response. Currently only supports JSON.
        custom_response_format (str | Unset): Optional response format path. Jq format
            for json type (e.g. '.choices[0].message.content')
        metadata (Metadata | Unset): Metadata
        default_request_options (DefaultRequestOptions | Unset): Default Request Options
    """

    model_provider: _models.ModelProvider
    """ Provider of the model which determines the request response format """
    hosting_type: _models.HostingType | Unset = UNSET
    """ Hosting type of the model """
    model_source: str | Unset = UNSET
    """ Source of the model """
    tools: list[_models.Tool] | Unset = UNSET
    """ Array of tools available to the model """
    input_modalities: list[_models.InputModality] | Unset = UNSET
    """ Types of input that the model can process """
    output_modalities: list[_models.OutputModality] | Unset = UNSET
    """ Types of output that the model can generate """
    rate_per_min: float | Unset = UNSET
    """ < 100 won't enable async. > 100 will enable async mode. > 200 we can run boosted
    async (all tests in parallel). Default 20. """
    system_prompt: str | Unset = UNSET
    """ System prompt """
    endpoint: _models.Endpoint | Unset = UNSET
    """ Endpoint """
    paths: _models.Paths | Unset = UNSET
    """ Paths """
    auth_data: _models.AuthData | Unset = UNSET
    """ Auth Data """
    apikeys: list[str] | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ API Keys """
    model_auth_type: _models.ModelAuthType | Unset = UNSET
    """ Model Auth Type (apikey or jwt) """
    model_jwt_config: _models.ModelJwtConfig | Unset = UNSET
    """ Model Custom Auth Token Config """
    custom_curl_command: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ Custom Curl Command """
    custom_headers: list[_models.CustomHeader] | Unset = UNSET
    """ Array of custom headers to be sent with requests """
    custom_payload: _models.CustomPayload | Unset = _attrs_field(
        default=UNSET, repr=_base.masked
    )
    """ A flexible object that can contain any custom key-value pairs for the request
    payload. Only condition is to include {prompt} in the payload. """
    custom_response_content_type: _models.CustomResponseContentType | Unset = UNSET
    """ Content type of the custom response. Currently only supports JSON. """
    custom_response_format: str | Unset = UNSET
    """ Optional response format path. Jq format for json type (e.g.
    '.choices[0].message.content') """
    metadata: _models.Metadata | Unset = UNSET
    """ Metadata """
    default_request_options: _models.DefaultRequestOptions | Unset = UNSET
    """ Default Request Options """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "model_provider": "model_provider",
        "hosting_type": "hosting_type",
        "model_source": "model_source",
        "tools": "tools",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "rate_per_min": "rate_per_min",
        "system_prompt": "system_prompt",
        "endpoint": "endpoint",
        "paths": "paths",
        "auth_data": "auth_data",
        "apikeys": "apikeys",
        "model_auth_type": "model_auth_type",
        "model_jwt_config": "model_jwt_config",
        "custom_curl_command": "custom_curl_command",
        "custom_headers": "custom_headers",
        "custom_payload": "custom_payload",
        "custom_response_content_type": "custom_response_content_type",
        "custom_response_format": "custom_response_format",
        "metadata": "metadata",
        "default_request_options": "default_request_options",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.model_provider
        if _value_ is not UNSET:
            _fields_["model_provider"] = _value_
        _value_ = self.hosting_type
        if _value_ is not UNSET:
            _fields_["hosting_type"] = _value_
        _value_ = self.model_source
        if _value_ is not UNSET:
            _fields_["model_source"] = _value_
        _value_ = self.tools
        if _value_ is not UNSET:
            _fields_["tools"] = _values.written(_value_)
        _value_ = self.input_modalities
        if _value_ is not UNSET:
            _fields_["input_modalities"] = _value_
        _value_ = self.output_modalities
        if _value_ is not UNSET:
            _fields_["output_modalities"] = _value_
        _value_ = self.rate_per_min
        if _value_ is not UNSET:
            _fields_["rate_per_min"] = _value_
        _value_ = self.system_prompt
        if _value_ is not UNSET:
            _fields_["system_prompt"] = _value_
        _value_ = self.endpoint
        if _value_ is not UNSET:
            _fields_["endpoint"] = _values.written(_value_)
        _value_ = self.paths
        if _value_ is not UNSET:
            _fields_["paths"] = _values.written(_value_)
        _value_ = self.auth_data
        if _value_ is not UNSET:
            _fields_["auth_data"] = _values.written(_value_)
        _value_ = self.apikeys
        if _value_ is not UNSET:
            _fields_["apikeys"] = _value_
        _value_ = self.model_auth_type
        if _value_ is not UNSET:
            _fields_["model_auth_type"] = _value_
        _value_ = self.model_jwt_config
        if _value_ is not UNSET:
            _fields_["model_jwt_config"] = _values.written(_value_)
        _value_ = self.custom_curl_command
        if _value_ is not UNSET:
            _fields_["custom_curl_command"] = _value_
        _value_ = self.custom_headers
        if _value_ is not UNSET:
            _fields_["custom_headers"] = _values.written(_value_)
        _value_ = self.custom_payload
        if _value_ is not UNSET:
            _fields_["custom_payload"] = _values.written(_value_)
        _value_ = self.custom_response_content_type
        if _value_ is not UNSET:
            _fields_["custom_response_content_type"] = _value_
        _value_ = self.custom_response_format
        if _value_ is not UNSET:
            _fields_["custom_response_format"] = _value_
        _value_ = self.metadata
        if _value_ is not UNSET:
            _fields_["metadata"] = _values.written(_value_)
        _value_ = self.default_request_options
        if _value_ is not UNSET:
            _fields_["default_request_options"] = _values.written(_value_)
        return _fields_

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them.

        Raises:
            InvalidRequestError: An object or array of the document is something else here. `.problems` lists the paths.
        """
        _result_ = cls.__new__(cls)
        try:
            _rest_ = {**src_dict}
            _value_ = _rest_.pop("model_provider", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_provider = _value_
            _value_ = _rest_.pop("hosting_type", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.hosting_type = _value_
            _value_ = _rest_.pop("model_source", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_source = _value_
            _value_ = _rest_.pop("tools", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = [
                    _models.Tool.from_dict(_item_) for _item_ in _values.array(_value_)
                ]
            _result_.tools = _value_
            _value_ = _rest_.pop("input_modalities", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.input_modalities = _value_
            _value_ = _rest_.pop("output_modalities", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.output_modalities = _value_
            _value_ = _rest_.pop("rate_per_min", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.rate_per_min = _value_
            _value_ = _rest_.pop("system_prompt", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.system_prompt = _value_
            _value_ = _rest_.pop("endpoint", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.Endpoint.from_dict(_value_)
            _result_.endpoint = _value_
            _value_ = _rest_.pop("paths", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.Paths.from_dict(_value_)
            _result_.paths = _value_
            _value_ = _rest_.pop("auth_data", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.AuthData.from_dict(_value_)
            _result_.auth_data = _value_
            _value_ = _rest_.pop("apikeys", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.apikeys = _value_
            _value_ = _rest_.pop("model_auth_type", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_auth_type = _value_
            _value_ = _rest_.pop("model_jwt_config", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.ModelJwtConfig.from_dict(_value_)
            _result_.model_jwt_config = _value_
            _value_ = _rest_.pop("custom_curl_command", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.custom_curl_command = _value_
            _value_ = _rest_.pop("custom_headers", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = [
                    _models.CustomHeader.from_dict(_item_)
                    for _item_ in _values.array(_value_)
                ]
            _result_.custom_headers = _value_
            _value_ = _rest_.pop("custom_payload", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.CustomPayload.from_dict(_value_)
            _result_.custom_payload = _value_
            _value_ = _rest_.pop("custom_response_content_type", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.custom_response_content_type = _value_
            _value_ = _rest_.pop("custom_response_format", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.custom_response_format = _value_
            _value_ = _rest_.pop("metadata", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.Metadata.from_dict(_value_)
            _result_.metadata = _value_
            _value_ = _rest_.pop("default_request_options", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.DefaultRequestOptions.from_dict(_value_)
            _result_.default_request_options = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(ModelConfig, cls, src_dict, _error_)
        else:
            return _result_ if cls is ModelConfig else _base.constructed(_result_)
        raise _fault_

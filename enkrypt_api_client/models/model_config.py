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
    """ Fields that the document does not describe, under their wire names """

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
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.model_provider
        if value is not UNSET:
            fields["model_provider"] = value
        value = self.hosting_type
        if value is not UNSET:
            fields["hosting_type"] = value
        value = self.model_source
        if value is not UNSET:
            fields["model_source"] = value
        value = self.tools
        if value is not UNSET:
            fields["tools"] = _values.written(value)
        value = self.input_modalities
        if value is not UNSET:
            fields["input_modalities"] = (
                value[:] if type(value) is list else _values.copied(value)
            )
        value = self.output_modalities
        if value is not UNSET:
            fields["output_modalities"] = (
                value[:] if type(value) is list else _values.copied(value)
            )
        value = self.rate_per_min
        if value is not UNSET:
            fields["rate_per_min"] = value
        value = self.system_prompt
        if value is not UNSET:
            fields["system_prompt"] = value
        value = self.endpoint
        if value is not UNSET:
            fields["endpoint"] = _values.written(value)
        value = self.paths
        if value is not UNSET:
            fields["paths"] = _values.written(value)
        value = self.auth_data
        if value is not UNSET:
            fields["auth_data"] = _values.written(value)
        value = self.apikeys
        if value is not UNSET:
            fields["apikeys"] = (
                value[:] if type(value) is list else _values.copied(value)
            )
        value = self.model_auth_type
        if value is not UNSET:
            fields["model_auth_type"] = value
        value = self.model_jwt_config
        if value is not UNSET:
            fields["model_jwt_config"] = _values.written(value)
        value = self.custom_curl_command
        if value is not UNSET:
            fields["custom_curl_command"] = value
        value = self.custom_headers
        if value is not UNSET:
            fields["custom_headers"] = _values.written(value)
        value = self.custom_payload
        if value is not UNSET:
            fields["custom_payload"] = _values.written(value)
        value = self.custom_response_content_type
        if value is not UNSET:
            fields["custom_response_content_type"] = value
        value = self.custom_response_format
        if value is not UNSET:
            fields["custom_response_format"] = value
        value = self.metadata
        if value is not UNSET:
            fields["metadata"] = _values.written(value)
        value = self.default_request_options
        if value is not UNSET:
            fields["default_request_options"] = _values.written(value)
        return fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Undeclared fields are kept in `additional_properties` where the document allows them.

        Raises:
            InvalidRequestError: There is something else where the document describes an object or an array.
                `.problems` lists the paths.
        """
        model = cls.__new__(cls)
        try:
            remaining = {**src_dict}
            value = remaining.pop("model_provider", UNSET)
            if value is None:
                value = UNSET
            model.model_provider = value
            value = remaining.pop("hosting_type", UNSET)
            if value is None:
                value = UNSET
            model.hosting_type = value
            value = remaining.pop("model_source", UNSET)
            if value is None:
                value = UNSET
            model.model_source = value
            value = remaining.pop("tools", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = [_models.Tool.from_dict(item) for item in _values.array(value)]
            model.tools = value
            value = remaining.pop("input_modalities", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = value[:] if type(value) is list else _values.copied(value)
            model.input_modalities = value
            value = remaining.pop("output_modalities", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = value[:] if type(value) is list else _values.copied(value)
            model.output_modalities = value
            value = remaining.pop("rate_per_min", UNSET)
            if value is None:
                value = UNSET
            model.rate_per_min = value
            value = remaining.pop("system_prompt", UNSET)
            if value is None:
                value = UNSET
            model.system_prompt = value
            value = remaining.pop("endpoint", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.Endpoint.from_dict(value)
            model.endpoint = value
            value = remaining.pop("paths", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.Paths.from_dict(value)
            model.paths = value
            value = remaining.pop("auth_data", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.AuthData.from_dict(value)
            model.auth_data = value
            value = remaining.pop("apikeys", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = value[:] if type(value) is list else _values.copied(value)
            model.apikeys = value
            value = remaining.pop("model_auth_type", UNSET)
            if value is None:
                value = UNSET
            model.model_auth_type = value
            value = remaining.pop("model_jwt_config", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.ModelJwtConfig.from_dict(value)
            model.model_jwt_config = value
            value = remaining.pop("custom_curl_command", UNSET)
            if value is None:
                value = UNSET
            model.custom_curl_command = value
            value = remaining.pop("custom_headers", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = [
                    _models.CustomHeader.from_dict(item)
                    for item in _values.array(value)
                ]
            model.custom_headers = value
            value = remaining.pop("custom_payload", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.CustomPayload.from_dict(value)
            model.custom_payload = value
            value = remaining.pop("custom_response_content_type", UNSET)
            if value is None:
                value = UNSET
            model.custom_response_content_type = value
            value = remaining.pop("custom_response_format", UNSET)
            if value is None:
                value = UNSET
            model.custom_response_format = value
            value = remaining.pop("metadata", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.Metadata.from_dict(value)
            model.metadata = value
            value = remaining.pop("default_request_options", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.DefaultRequestOptions.from_dict(value)
            model.default_request_options = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(ModelConfig, cls, src_dict, error)
        else:
            return model if cls is ModelConfig else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

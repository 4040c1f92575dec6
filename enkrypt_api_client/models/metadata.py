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
class Metadata(_base.OpenModel[Any]):
    """Metadata

    Attributes:
        max_tokens (int | Unset): Max Tokens
        input_cost_1m_tokens (float | Unset): Input Cost 1M Tokens
        output_cost_1m_tokens (float | Unset): Output Cost 1M Tokens
        azure_instance (str | Unset): If Azure, it's instance type
        azure_api_version (str | Unset): If Azure, it's API version
        azure_deployment_id (str | Unset): If Azure, it's deployment ID
        anthropic_version (str | Unset): If Anthropic, it's version
        llama2_format (Llama2Format | Unset): If Llama2, it's format
        mistral_format (MistralFormat | Unset): If Mistral, it's format
        gemini (GeminiMetadata | Unset): Gemini
        bedrock (BedrockMetadata | Unset): Bedrock
        enkryptai (EnkryptAIMetadata | Unset): EnkryptAI
        xactly (XactlyMetadata | Unset): Xactly
    """

    max_tokens: int | Unset = UNSET
    """ Max Tokens """
    input_cost_1m_tokens: float | Unset = UNSET
    """ Input Cost 1M Tokens """
    output_cost_1m_tokens: float | Unset = UNSET
    """ Output Cost 1M Tokens """
    azure_instance: str | Unset = UNSET
    """ If Azure, it's instance type """
    azure_api_version: str | Unset = UNSET
    """ If Azure, it's API version """
    azure_deployment_id: str | Unset = UNSET
    """ If Azure, it's deployment ID """
    anthropic_version: str | Unset = UNSET
    """ If Anthropic, it's version """
    llama2_format: _models.Llama2Format | Unset = UNSET
    """ If Llama2, it's format """
    mistral_format: _models.MistralFormat | Unset = UNSET
    """ If Mistral, it's format """
    gemini: _models.GeminiMetadata | Unset = UNSET
    """ Gemini """
    bedrock: _models.BedrockMetadata | Unset = UNSET
    """ Bedrock """
    enkryptai: _models.EnkryptAIMetadata | Unset = UNSET
    """ EnkryptAI """
    xactly: _models.XactlyMetadata | Unset = UNSET
    """ Xactly """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "max_tokens": "max_tokens",
        "input_cost_1m_tokens": "input_cost_1M_tokens",
        "output_cost_1m_tokens": "output_cost_1M_tokens",
        "azure_instance": "azure_instance",
        "azure_api_version": "azure_api_version",
        "azure_deployment_id": "azure_deployment_id",
        "anthropic_version": "anthropic_version",
        "llama2_format": "llama2_format",
        "mistral_format": "mistral_format",
        "gemini": "gemini",
        "bedrock": "bedrock",
        "enkryptai": "enkryptai",
        "xactly": "xactly",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.max_tokens
        if _value_ is not UNSET:
            _fields_["max_tokens"] = _value_
        _value_ = self.input_cost_1m_tokens
        if _value_ is not UNSET:
            _fields_["input_cost_1M_tokens"] = _value_
        _value_ = self.output_cost_1m_tokens
        if _value_ is not UNSET:
            _fields_["output_cost_1M_tokens"] = _value_
        _value_ = self.azure_instance
        if _value_ is not UNSET:
            _fields_["azure_instance"] = _value_
        _value_ = self.azure_api_version
        if _value_ is not UNSET:
            _fields_["azure_api_version"] = _value_
        _value_ = self.azure_deployment_id
        if _value_ is not UNSET:
            _fields_["azure_deployment_id"] = _value_
        _value_ = self.anthropic_version
        if _value_ is not UNSET:
            _fields_["anthropic_version"] = _value_
        _value_ = self.llama2_format
        if _value_ is not UNSET:
            _fields_["llama2_format"] = _value_
        _value_ = self.mistral_format
        if _value_ is not UNSET:
            _fields_["mistral_format"] = _value_
        _value_ = self.gemini
        if _value_ is not UNSET:
            _fields_["gemini"] = _values.written(_value_)
        _value_ = self.bedrock
        if _value_ is not UNSET:
            _fields_["bedrock"] = _values.written(_value_)
        _value_ = self.enkryptai
        if _value_ is not UNSET:
            _fields_["enkryptai"] = _values.written(_value_)
        _value_ = self.xactly
        if _value_ is not UNSET:
            _fields_["xactly"] = _values.written(_value_)
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
            _value_ = _rest_.pop("max_tokens", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.max_tokens = _value_
            _value_ = _rest_.pop("input_cost_1M_tokens", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.input_cost_1m_tokens = _value_
            _value_ = _rest_.pop("output_cost_1M_tokens", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.output_cost_1m_tokens = _value_
            _value_ = _rest_.pop("azure_instance", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_instance = _value_
            _value_ = _rest_.pop("azure_api_version", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_api_version = _value_
            _value_ = _rest_.pop("azure_deployment_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_deployment_id = _value_
            _value_ = _rest_.pop("anthropic_version", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.anthropic_version = _value_
            _value_ = _rest_.pop("llama2_format", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.llama2_format = _value_
            _value_ = _rest_.pop("mistral_format", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.mistral_format = _value_
            _value_ = _rest_.pop("gemini", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.GeminiMetadata.from_dict(_value_)
            _result_.gemini = _value_
            _value_ = _rest_.pop("bedrock", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.BedrockMetadata.from_dict(_value_)
            _result_.bedrock = _value_
            _value_ = _rest_.pop("enkryptai", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.EnkryptAIMetadata.from_dict(_value_)
            _result_.enkryptai = _value_
            _value_ = _rest_.pop("xactly", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.XactlyMetadata.from_dict(_value_)
            _result_.xactly = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(Metadata, cls, src_dict, _error_)
        else:
            return _result_ if cls is Metadata else _base.constructed(_result_)
        raise _fault_

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
    from ..models.bedrock_metadata import BedrockMetadata
    from ..models.enkrypt_ai_metadata import EnkryptAIMetadata
    from ..models.gemini_metadata import GeminiMetadata
    from ..models.llama2_format import Llama2Format
    from ..models.mistral_format import MistralFormat
    from ..models.xactly_metadata import XactlyMetadata


@_attrs_define(kw_only=True)
class Metadata:
    """Metadata"""

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

    llama2_format: Llama2Format | Unset = UNSET
    """ If Llama2, it's format """

    mistral_format: MistralFormat | Unset = UNSET
    """ If Mistral, it's format """

    gemini: GeminiMetadata | Unset = UNSET
    """ Gemini """

    bedrock: BedrockMetadata | Unset = UNSET
    """ Bedrock """

    enkryptai: EnkryptAIMetadata | Unset = UNSET
    """ EnkryptAI """

    xactly: XactlyMetadata | Unset = UNSET
    """ Xactly """

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
        _value = self.max_tokens
        if _value is not UNSET:
            field_dict["max_tokens"] = _value
        _value = self.input_cost_1m_tokens
        if _value is not UNSET:
            field_dict["input_cost_1M_tokens"] = _value
        _value = self.output_cost_1m_tokens
        if _value is not UNSET:
            field_dict["output_cost_1M_tokens"] = _value
        _value = self.azure_instance
        if _value is not UNSET:
            field_dict["azure_instance"] = _value
        _value = self.azure_api_version
        if _value is not UNSET:
            field_dict["azure_api_version"] = _value
        _value = self.azure_deployment_id
        if _value is not UNSET:
            field_dict["azure_deployment_id"] = _value
        _value = self.anthropic_version
        if _value is not UNSET:
            field_dict["anthropic_version"] = _value
        _value = self.llama2_format
        if _value is not UNSET:
            field_dict["llama2_format"] = _value
        _value = self.mistral_format
        if _value is not UNSET:
            field_dict["mistral_format"] = _value
        _value = self.gemini
        if _value is not UNSET:
            field_dict["gemini"] = _value.to_dict()
        _value = self.bedrock
        if _value is not UNSET:
            field_dict["bedrock"] = _value.to_dict()
        _value = self.enkryptai
        if _value is not UNSET:
            field_dict["enkryptai"] = _value.to_dict()
        _value = self.xactly
        if _value is not UNSET:
            field_dict["xactly"] = _value.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _max_tokens = _rest_.pop("max_tokens", UNSET)
        if _max_tokens is None:
            _max_tokens = UNSET
        _input_cost_1m_tokens = _rest_.pop("input_cost_1M_tokens", UNSET)
        if _input_cost_1m_tokens is None:
            _input_cost_1m_tokens = UNSET
        _output_cost_1m_tokens = _rest_.pop("output_cost_1M_tokens", UNSET)
        if _output_cost_1m_tokens is None:
            _output_cost_1m_tokens = UNSET
        _azure_instance = _rest_.pop("azure_instance", UNSET)
        if _azure_instance is None:
            _azure_instance = UNSET
        _azure_api_version = _rest_.pop("azure_api_version", UNSET)
        if _azure_api_version is None:
            _azure_api_version = UNSET
        _azure_deployment_id = _rest_.pop("azure_deployment_id", UNSET)
        if _azure_deployment_id is None:
            _azure_deployment_id = UNSET
        _anthropic_version = _rest_.pop("anthropic_version", UNSET)
        if _anthropic_version is None:
            _anthropic_version = UNSET
        _llama2_format = _rest_.pop("llama2_format", UNSET)
        if _llama2_format is None:
            _llama2_format = UNSET
        _mistral_format = _rest_.pop("mistral_format", UNSET)
        if _mistral_format is None:
            _mistral_format = UNSET
        _gemini = _rest_.pop("gemini", UNSET)
        if _gemini is None:
            _gemini = UNSET
        elif _gemini is not UNSET:
            _gemini = models.GeminiMetadata.from_dict(_gemini)
        _bedrock = _rest_.pop("bedrock", UNSET)
        if _bedrock is None:
            _bedrock = UNSET
        elif _bedrock is not UNSET:
            _bedrock = models.BedrockMetadata.from_dict(_bedrock)
        _enkryptai = _rest_.pop("enkryptai", UNSET)
        if _enkryptai is None:
            _enkryptai = UNSET
        elif _enkryptai is not UNSET:
            _enkryptai = models.EnkryptAIMetadata.from_dict(_enkryptai)
        _xactly = _rest_.pop("xactly", UNSET)
        if _xactly is None:
            _xactly = UNSET
        elif _xactly is not UNSET:
            _xactly = models.XactlyMetadata.from_dict(_xactly)
        _result_ = cls.__new__(cls)
        _result_.max_tokens = _max_tokens
        _result_.input_cost_1m_tokens = _input_cost_1m_tokens
        _result_.output_cost_1m_tokens = _output_cost_1m_tokens
        _result_.azure_instance = _azure_instance
        _result_.azure_api_version = _azure_api_version
        _result_.azure_deployment_id = _azure_deployment_id
        _result_.anthropic_version = _anthropic_version
        _result_.llama2_format = _llama2_format
        _result_.mistral_format = _mistral_format
        _result_.gemini = _gemini
        _result_.bedrock = _bedrock
        _result_.enkryptai = _enkryptai
        _result_.xactly = _xactly
        _result_.additional_properties = _rest_
        return _result_ if cls is Metadata else _types.constructed(_result_)

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

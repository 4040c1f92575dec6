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
    """ Fields that the document does not describe, under their wire names """

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
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.max_tokens
        if value is not UNSET:
            fields["max_tokens"] = value
        value = self.input_cost_1m_tokens
        if value is not UNSET:
            fields["input_cost_1M_tokens"] = value
        value = self.output_cost_1m_tokens
        if value is not UNSET:
            fields["output_cost_1M_tokens"] = value
        value = self.azure_instance
        if value is not UNSET:
            fields["azure_instance"] = value
        value = self.azure_api_version
        if value is not UNSET:
            fields["azure_api_version"] = value
        value = self.azure_deployment_id
        if value is not UNSET:
            fields["azure_deployment_id"] = value
        value = self.anthropic_version
        if value is not UNSET:
            fields["anthropic_version"] = value
        value = self.llama2_format
        if value is not UNSET:
            fields["llama2_format"] = value
        value = self.mistral_format
        if value is not UNSET:
            fields["mistral_format"] = value
        value = self.gemini
        if value is not UNSET:
            fields["gemini"] = _values.written(value)
        value = self.bedrock
        if value is not UNSET:
            fields["bedrock"] = _values.written(value)
        value = self.enkryptai
        if value is not UNSET:
            fields["enkryptai"] = _values.written(value)
        value = self.xactly
        if value is not UNSET:
            fields["xactly"] = _values.written(value)
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
            value = remaining.pop("max_tokens", UNSET)
            if value is None:
                value = UNSET
            model.max_tokens = value
            value = remaining.pop("input_cost_1M_tokens", UNSET)
            if value is None:
                value = UNSET
            model.input_cost_1m_tokens = value
            value = remaining.pop("output_cost_1M_tokens", UNSET)
            if value is None:
                value = UNSET
            model.output_cost_1m_tokens = value
            value = remaining.pop("azure_instance", UNSET)
            if value is None:
                value = UNSET
            model.azure_instance = value
            value = remaining.pop("azure_api_version", UNSET)
            if value is None:
                value = UNSET
            model.azure_api_version = value
            value = remaining.pop("azure_deployment_id", UNSET)
            if value is None:
                value = UNSET
            model.azure_deployment_id = value
            value = remaining.pop("anthropic_version", UNSET)
            if value is None:
                value = UNSET
            model.anthropic_version = value
            value = remaining.pop("llama2_format", UNSET)
            if value is None:
                value = UNSET
            model.llama2_format = value
            value = remaining.pop("mistral_format", UNSET)
            if value is None:
                value = UNSET
            model.mistral_format = value
            value = remaining.pop("gemini", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.GeminiMetadata.from_dict(value)
            model.gemini = value
            value = remaining.pop("bedrock", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.BedrockMetadata.from_dict(value)
            model.bedrock = value
            value = remaining.pop("enkryptai", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.EnkryptAIMetadata.from_dict(value)
            model.enkryptai = value
            value = remaining.pop("xactly", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.XactlyMetadata.from_dict(value)
            model.xactly = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(Metadata, cls, src_dict, error)
        else:
            return model if cls is Metadata else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

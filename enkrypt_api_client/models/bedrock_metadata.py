# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET, Unset


@_attrs_define(kw_only=True)
class BedrockMetadata:
    """Bedrock"""

    aws_region: str | Unset = UNSET
    """ If using AWS providers (Bedrock) you can override the default AWS_REGION 'us-east-1'
    by setting this option """

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
        _value = self.aws_region
        if _value is not UNSET:
            field_dict["aws_region"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _aws_region = _rest_.pop("aws_region", UNSET)
        if _aws_region is None:
            _aws_region = UNSET
        _result_ = cls.__new__(cls)
        _result_.aws_region = _aws_region
        _result_.additional_properties = _rest_
        return _result_ if cls is BedrockMetadata else _types.constructed(_result_)

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

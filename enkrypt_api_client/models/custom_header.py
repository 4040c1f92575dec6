# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET


@_attrs_define(kw_only=True)
class CustomHeader:
    """`CustomHeader` of the document, which does not describe it"""

    key: str
    """ The name/key of the custom header """

    value: str = _attrs_field(repr=_types.masked)
    """ The value of the custom header """

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
        _value = self.key
        if _value is not UNSET:
            field_dict["key"] = _value
        _value = self.value
        if _value is not UNSET:
            field_dict["value"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _key = _rest_.pop("key", UNSET)
        if _key is None:
            _key = UNSET
        _value = _rest_.pop("value", UNSET)
        if _value is None:
            _value = UNSET
        _result_ = cls.__new__(cls)
        _result_.key = _key
        _result_.value = _value
        _result_.additional_properties = _rest_
        return _result_ if cls is CustomHeader else _types.constructed(_result_)

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

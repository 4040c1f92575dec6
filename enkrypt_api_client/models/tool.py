# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET


@_attrs_define(kw_only=True)
class Tool:
    """Tool"""

    name: str
    """ Name of the tool """

    description: str
    """ Description of what the tool does """

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
        _value = self.name
        if _value is not UNSET:
            field_dict["name"] = _value
        _value = self.description
        if _value is not UNSET:
            field_dict["description"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _name = _rest_.pop("name", UNSET)
        if _name is None:
            _name = UNSET
        _description = _rest_.pop("description", UNSET)
        if _description is None:
            _description = UNSET
        _result_ = cls.__new__(cls)
        _result_.name = _name
        _result_.description = _description
        _result_.additional_properties = _rest_
        return _result_ if cls is Tool else _types.constructed(_result_)

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

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
    from ..models.get_model_response_object import GetModelResponseObject


@_attrs_define(kw_only=True)
class ModifyModelResponseObject:
    """`ModifyModelResponseObject` of the document, which does not describe it"""

    message: str | Unset = UNSET
    """ Message """

    data: GetModelResponseObject | Unset = UNSET
    """ `data` of the document, which does not describe it """

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
        _value = self.message
        if _value is not UNSET:
            field_dict["message"] = _value
        _value = self.data
        if _value is not UNSET:
            field_dict["data"] = _value.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _message = _rest_.pop("message", UNSET)
        if _message is None:
            _message = UNSET
        _data = _rest_.pop("data", UNSET)
        if _data is None:
            _data = UNSET
        elif _data is not UNSET:
            _data = models.GetModelResponseObject.from_dict(_data)
        _result_ = cls.__new__(cls)
        _result_.message = _message
        _result_.data = _data
        _result_.additional_properties = _rest_
        return (
            _result_
            if cls is ModifyModelResponseObject
            else _types.constructed(_result_)
        )

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

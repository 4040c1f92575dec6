# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET, Unset


@_attrs_define(kw_only=True)
class Paths:
    """Paths"""

    completions: str | Unset = UNSET
    """ Completions """

    chat: str | Unset = UNSET
    """ Chat """

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
        _value = self.completions
        if _value is not UNSET:
            field_dict["completions"] = _value
        _value = self.chat
        if _value is not UNSET:
            field_dict["chat"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _completions = _rest_.pop("completions", UNSET)
        if _completions is None:
            _completions = UNSET
        _chat = _rest_.pop("chat", UNSET)
        if _chat is None:
            _chat = UNSET
        _result_ = cls.__new__(cls)
        _result_.completions = _completions
        _result_.chat = _chat
        _result_.additional_properties = _rest_
        return _result_ if cls is Paths else _types.constructed(_result_)

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

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET


@_attrs_define(kw_only=True)
class Endpoint:
    """Endpoint"""

    scheme: str
    """ Scheme of the endpoint """

    host: str
    """ Host of the endpoint """

    port: int
    """ Port of the endpoint """

    base_path: str
    """ Base path of the endpoint """

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
        _value = self.scheme
        if _value is not UNSET:
            field_dict["scheme"] = _value
        _value = self.host
        if _value is not UNSET:
            field_dict["host"] = _value
        _value = self.port
        if _value is not UNSET:
            field_dict["port"] = _value
        _value = self.base_path
        if _value is not UNSET:
            field_dict["base_path"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _scheme = _rest_.pop("scheme", UNSET)
        if _scheme is None:
            _scheme = UNSET
        _host = _rest_.pop("host", UNSET)
        if _host is None:
            _host = UNSET
        _port = _rest_.pop("port", UNSET)
        if _port is None:
            _port = UNSET
        _base_path = _rest_.pop("base_path", UNSET)
        if _base_path is None:
            _base_path = UNSET
        _result_ = cls.__new__(cls)
        _result_.scheme = _scheme
        _result_.host = _host
        _result_.port = _port
        _result_.base_path = _base_path
        _result_.additional_properties = _rest_
        return _result_ if cls is Endpoint else _types.constructed(_result_)

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

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
    from ..models.jwt_header import JwtHeader
    from ..models.jwt_method import JwtMethod


@_attrs_define(kw_only=True)
class ModelJwtConfig:
    """Model Custom Auth Token Config"""

    jwt_method: JwtMethod | Unset = UNSET
    """ Token Method """

    jwt_url: str | Unset = UNSET
    """ Token URL """

    jwt_headers: list[JwtHeader] | Unset = UNSET
    """ Array of custom headers to be sent with token requests """

    jwt_body: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ The body of the token request """

    jwt_response_key: str | Unset = UNSET
    """ The key of the token in the response in jq format """

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
        _value = self.jwt_method
        if _value is not UNSET:
            field_dict["jwt_method"] = _value
        _value = self.jwt_url
        if _value is not UNSET:
            field_dict["jwt_url"] = _value
        _value = self.jwt_headers
        if _value is not UNSET:
            field_dict["jwt_headers"] = [item.to_dict() for item in _value]
        _value = self.jwt_body
        if _value is not UNSET:
            field_dict["jwt_body"] = _value
        _value = self.jwt_response_key
        if _value is not UNSET:
            field_dict["jwt_response_key"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _jwt_method = _rest_.pop("jwt_method", UNSET)
        if _jwt_method is None:
            _jwt_method = UNSET
        _jwt_url = _rest_.pop("jwt_url", UNSET)
        if _jwt_url is None:
            _jwt_url = UNSET
        _jwt_headers = _rest_.pop("jwt_headers", UNSET)
        if _jwt_headers is None:
            _jwt_headers = UNSET
        elif _jwt_headers is not UNSET:
            _jwt_headers = [models.JwtHeader.from_dict(item) for item in _jwt_headers]
        _jwt_body = _rest_.pop("jwt_body", UNSET)
        if _jwt_body is None:
            _jwt_body = UNSET
        _jwt_response_key = _rest_.pop("jwt_response_key", UNSET)
        if _jwt_response_key is None:
            _jwt_response_key = UNSET
        _result_ = cls.__new__(cls)
        _result_.jwt_method = _jwt_method
        _result_.jwt_url = _jwt_url
        _result_.jwt_headers = _jwt_headers
        _result_.jwt_body = _jwt_body
        _result_.jwt_response_key = _jwt_response_key
        _result_.additional_properties = _rest_
        return _result_ if cls is ModelJwtConfig else _types.constructed(_result_)

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

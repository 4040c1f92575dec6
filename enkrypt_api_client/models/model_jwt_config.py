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
class ModelJwtConfig(_base.OpenModel[Any]):
    """Model Custom Auth Token Config

    Attributes:
        jwt_method (JwtMethod | Unset): Token Method
        jwt_url (str | Unset): Token URL
        jwt_headers (list[JwtHeader] | Unset): Array of custom headers to be sent with
            token requests
        jwt_body (str | Unset): The body of the token request
        jwt_response_key (str | Unset): The key of the token in the response in jq
            format
    """

    jwt_method: _models.JwtMethod | Unset = UNSET
    """ Token Method """
    jwt_url: str | Unset = UNSET
    """ Token URL """
    jwt_headers: list[_models.JwtHeader] | Unset = UNSET
    """ Array of custom headers to be sent with token requests """
    jwt_body: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ The body of the token request """
    jwt_response_key: str | Unset = UNSET
    """ The key of the token in the response in jq format """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "jwt_method": "jwt_method",
        "jwt_url": "jwt_url",
        "jwt_headers": "jwt_headers",
        "jwt_body": "jwt_body",
        "jwt_response_key": "jwt_response_key",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.jwt_method
        if _value_ is not UNSET:
            _fields_["jwt_method"] = _value_
        _value_ = self.jwt_url
        if _value_ is not UNSET:
            _fields_["jwt_url"] = _value_
        _value_ = self.jwt_headers
        if _value_ is not UNSET:
            _fields_["jwt_headers"] = _values.written(_value_)
        _value_ = self.jwt_body
        if _value_ is not UNSET:
            _fields_["jwt_body"] = _value_
        _value_ = self.jwt_response_key
        if _value_ is not UNSET:
            _fields_["jwt_response_key"] = _value_
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
            _value_ = _rest_.pop("jwt_method", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.jwt_method = _value_
            _value_ = _rest_.pop("jwt_url", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.jwt_url = _value_
            _value_ = _rest_.pop("jwt_headers", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = [
                    _models.JwtHeader.from_dict(_item_)
                    for _item_ in _values.array(_value_)
                ]
            _result_.jwt_headers = _value_
            _value_ = _rest_.pop("jwt_body", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.jwt_body = _value_
            _value_ = _rest_.pop("jwt_response_key", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.jwt_response_key = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(ModelJwtConfig, cls, src_dict, _error_)
        else:
            return _result_ if cls is ModelJwtConfig else _base.constructed(_result_)
        raise _fault_

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
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "jwt_method": "jwt_method",
        "jwt_url": "jwt_url",
        "jwt_headers": "jwt_headers",
        "jwt_body": "jwt_body",
        "jwt_response_key": "jwt_response_key",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.jwt_method
        if value is not UNSET:
            fields["jwt_method"] = value
        value = self.jwt_url
        if value is not UNSET:
            fields["jwt_url"] = value
        value = self.jwt_headers
        if value is not UNSET:
            fields["jwt_headers"] = _values.written(value)
        value = self.jwt_body
        if value is not UNSET:
            fields["jwt_body"] = value
        value = self.jwt_response_key
        if value is not UNSET:
            fields["jwt_response_key"] = value
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
            value = remaining.pop("jwt_method", UNSET)
            if value is None:
                value = UNSET
            model.jwt_method = value
            value = remaining.pop("jwt_url", UNSET)
            if value is None:
                value = UNSET
            model.jwt_url = value
            value = remaining.pop("jwt_headers", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = [
                    _models.JwtHeader.from_dict(item) for item in _values.array(value)
                ]
            model.jwt_headers = value
            value = remaining.pop("jwt_body", UNSET)
            if value is None:
                value = UNSET
            model.jwt_body = value
            value = remaining.pop("jwt_response_key", UNSET)
            if value is None:
                value = UNSET
            model.jwt_response_key = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(ModelJwtConfig, cls, src_dict, error)
        else:
            return model if cls is ModelJwtConfig else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET, Unset


@_attrs_define(kw_only=True)
class GeminiMetadata:
    """Gemini"""

    api_endpoint: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the regional API endpoint (hostname only) """

    project_id: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the project ID """

    location_id: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the location ID """

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
        _value = self.api_endpoint
        if _value is not UNSET:
            field_dict["api_endpoint"] = _value
        _value = self.project_id
        if _value is not UNSET:
            field_dict["project_id"] = _value
        _value = self.location_id
        if _value is not UNSET:
            field_dict["location_id"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _api_endpoint = _rest_.pop("api_endpoint", UNSET)
        if _api_endpoint is None:
            _api_endpoint = UNSET
        _project_id = _rest_.pop("project_id", UNSET)
        if _project_id is None:
            _project_id = UNSET
        _location_id = _rest_.pop("location_id", UNSET)
        if _location_id is None:
            _location_id = UNSET
        _result_ = cls.__new__(cls)
        _result_.api_endpoint = _api_endpoint
        _result_.project_id = _project_id
        _result_.location_id = _location_id
        _result_.additional_properties = _rest_
        return _result_ if cls is GeminiMetadata else _types.constructed(_result_)

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

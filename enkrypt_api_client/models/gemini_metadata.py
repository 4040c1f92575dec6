# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import model_base as _base
from ..types import UNSET, Unset


@_base.described
@_attrs_define(kw_only=True, repr=False, eq=False, getstate_setstate=False)
class GeminiMetadata(_base.OpenModel[Any]):
    """Gemini

    Attributes:
        api_endpoint (str | Unset): If running Gemini on Vertex, specify the regional
            API endpoint (hostname only)
        project_id (str | Unset): If running Gemini on Vertex, specify the project ID
        location_id (str | Unset): If running Gemini on Vertex, specify the location ID
    """

    api_endpoint: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the regional API endpoint (hostname only) """
    project_id: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the project ID """
    location_id: str | Unset = UNSET
    """ If running Gemini on Vertex, specify the location ID """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "api_endpoint": "api_endpoint",
        "project_id": "project_id",
        "location_id": "location_id",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.api_endpoint
        if _value_ is not UNSET:
            _fields_["api_endpoint"] = _value_
        _value_ = self.project_id
        if _value_ is not UNSET:
            _fields_["project_id"] = _value_
        _value_ = self.location_id
        if _value_ is not UNSET:
            _fields_["location_id"] = _value_
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
            _value_ = _rest_.pop("api_endpoint", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.api_endpoint = _value_
            _value_ = _rest_.pop("project_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.project_id = _value_
            _value_ = _rest_.pop("location_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.location_id = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(GeminiMetadata, cls, src_dict, _error_)
        else:
            return _result_ if cls is GeminiMetadata else _base.constructed(_result_)
        raise _fault_

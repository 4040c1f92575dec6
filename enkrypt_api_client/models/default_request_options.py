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
class DefaultRequestOptions(_base.OpenModel[Any]):
    """Default Request Options

    Attributes:
        temperature (float | Unset): Temperature
        top_p (float | Unset): Top P
        top_k (int | Unset): Top K
    """

    temperature: float | Unset = UNSET
    """ Temperature """
    top_p: float | Unset = UNSET
    """ Top P """
    top_k: int | Unset = UNSET
    """ Top K """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "temperature": "temperature",
        "top_p": "top_p",
        "top_k": "top_k",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.temperature
        if _value_ is not UNSET:
            _fields_["temperature"] = _value_
        _value_ = self.top_p
        if _value_ is not UNSET:
            _fields_["top_p"] = _value_
        _value_ = self.top_k
        if _value_ is not UNSET:
            _fields_["top_k"] = _value_
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
            _value_ = _rest_.pop("temperature", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.temperature = _value_
            _value_ = _rest_.pop("top_p", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.top_p = _value_
            _value_ = _rest_.pop("top_k", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.top_k = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(DefaultRequestOptions, cls, src_dict, _error_)
        else:
            return (
                _result_
                if cls is DefaultRequestOptions
                else _base.constructed(_result_)
            )
        raise _fault_

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
class ModifyModelResponseObject(_base.OpenModel[Any]):
    """`ModifyModelResponseObject` of the document, which does not describe it

    Attributes:
        message (str | Unset): Message
        data (GetModelResponseObject | Unset): `data` of the document, which does not
            describe it
    """

    message: str | Unset = UNSET
    """ Message """
    data: _models.GetModelResponseObject | Unset = UNSET
    """ `data` of the document, which does not describe it """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "message": "message",
        "data": "data",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.message
        if _value_ is not UNSET:
            _fields_["message"] = _value_
        _value_ = self.data
        if _value_ is not UNSET:
            _fields_["data"] = _values.written(_value_)
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
            _value_ = _rest_.pop("message", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.message = _value_
            _value_ = _rest_.pop("data", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.GetModelResponseObject.from_dict(_value_)
            _result_.data = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(
                ModifyModelResponseObject, cls, src_dict, _error_
            )
        else:
            return (
                _result_
                if cls is ModifyModelResponseObject
                else _base.constructed(_result_)
            )
        raise _fault_

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import model_base as _base
from ..types import UNSET


@_base.described
@_attrs_define(kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Endpoint(_base.OpenModel[Any]):
    """Endpoint

    Attributes:
        scheme (str): Scheme of the endpoint
        host (str): Host of the endpoint
        port (int): Port of the endpoint
        base_path (str): Base path of the endpoint
    """

    scheme: str
    """ Scheme of the endpoint """
    host: str
    """ Host of the endpoint """
    port: int
    """ Port of the endpoint """
    base_path: str
    """ Base path of the endpoint """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "scheme": "scheme",
        "host": "host",
        "port": "port",
        "base_path": "base_path",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.scheme
        if _value_ is not UNSET:
            _fields_["scheme"] = _value_
        _value_ = self.host
        if _value_ is not UNSET:
            _fields_["host"] = _value_
        _value_ = self.port
        if _value_ is not UNSET:
            _fields_["port"] = _value_
        _value_ = self.base_path
        if _value_ is not UNSET:
            _fields_["base_path"] = _value_
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
            _value_ = _rest_.pop("scheme", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.scheme = _value_
            _value_ = _rest_.pop("host", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.host = _value_
            _value_ = _rest_.pop("port", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.port = _value_
            _value_ = _rest_.pop("base_path", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.base_path = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(Endpoint, cls, src_dict, _error_)
        else:
            return _result_ if cls is Endpoint else _base.constructed(_result_)
        raise _fault_

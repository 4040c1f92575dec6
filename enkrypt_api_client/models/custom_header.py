# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import model_base as _base
from .._runtime import values as _values
from ..types import UNSET


@_base.described
@_attrs_define(kw_only=True, repr=False, eq=False, getstate_setstate=False)
class CustomHeader(_base.OpenModel[Any]):
    """`CustomHeader`, which the document does not describe

    Attributes:
        key (str): The name/key of the custom header
        value (str): The value of the custom header
    """

    key: str
    """ The name/key of the custom header """
    value: str = _attrs_field(repr=_base.masked)
    """ The value of the custom header """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "key": "key",
        "value": "value",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.key
        if value is not UNSET:
            fields["key"] = value
        value = self.value
        if value is not UNSET:
            fields["value"] = value
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
            value = remaining.pop("key", UNSET)
            if value is None:
                value = UNSET
            model.key = value
            value = remaining.pop("value", UNSET)
            if value is None:
                value = UNSET
            model.value = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(CustomHeader, cls, src_dict, error)
        else:
            return model if cls is CustomHeader else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

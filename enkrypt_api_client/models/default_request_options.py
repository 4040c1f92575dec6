# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import model_base as _base
from .._runtime import values as _values
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
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "temperature": "temperature",
        "top_p": "top_p",
        "top_k": "top_k",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.temperature
        if value is not UNSET:
            fields["temperature"] = value
        value = self.top_p
        if value is not UNSET:
            fields["top_p"] = value
        value = self.top_k
        if value is not UNSET:
            fields["top_k"] = value
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
            value = remaining.pop("temperature", UNSET)
            if value is None:
                value = UNSET
            model.temperature = value
            value = remaining.pop("top_p", UNSET)
            if value is None:
                value = UNSET
            model.top_p = value
            value = remaining.pop("top_k", UNSET)
            if value is None:
                value = UNSET
            model.top_k = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(DefaultRequestOptions, cls, src_dict, error)
        else:
            return model if cls is DefaultRequestOptions else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

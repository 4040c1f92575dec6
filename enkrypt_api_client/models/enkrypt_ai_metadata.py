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
class EnkryptAIMetadata(_base.OpenModel[Any]):
    """EnkryptAI

    Attributes:
        deployment_name (str | Unset): If using EnkryptAI, specify the deployment name
    """

    deployment_name: str | Unset = UNSET
    """ If using EnkryptAI, specify the deployment name """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "deployment_name": "deployment_name",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.deployment_name
        if value is not UNSET:
            fields["deployment_name"] = value
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
            value = remaining.pop("deployment_name", UNSET)
            if value is None:
                value = UNSET
            model.deployment_name = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(EnkryptAIMetadata, cls, src_dict, error)
        else:
            return model if cls is EnkryptAIMetadata else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

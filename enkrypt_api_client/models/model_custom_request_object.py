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
class ModelCustomRequestObject(_base.OpenModel[Any]):
    """`ModelCustomRequestObject`, which the document does not describe

    Attributes:
        model_config (ModelConfig): Model Config
        testing_for (TestingFor | Unset): Purpose of testing
        model_name (str | Unset): Name of the model. Required for foundationModels
        certifications (list[str] | Unset): List of certifications

    Example:
        {'testing_for': 'foundationModels',
         'model_name': 'mistralai/Mixtral-8x7B-Instruct-v0.1',
         'certifications': [],
         'model_config': {'model_provider': 'together',
                          'hosting_type': 'External',
                          'input_modalities': ['text'],
                          'output_modalities': ['text'],
                          'model_source': 'https://together.ai',
                          'rate_per_min': 20,
                          'system_prompt': '',
                          'endpoint': {'scheme': 'https',
                                       'host': 'api.together.xyz',
                                       'port': 443,
                                       'base_path': '/v1'},
                          'paths': {'completions': '/completions',
                                    'chat': '/chat/completions'},
                          'auth_data': {'header_name': 'Authorization',
                                        'header_prefix': 'Bearer',
                                        'space_after_prefix': True},
                          'apikeys': ['xxxxx'],
                          'metadata': {},
                          'default_request_options': {}}}
    """

    model_config: _models.ModelConfig
    """ Model Config """
    testing_for: _models.TestingFor | Unset = UNSET
    """ Purpose of testing """
    model_name: str | Unset = UNSET
    """ Name of the model. Required for foundationModels """
    certifications: list[str] | Unset = UNSET
    """ List of certifications """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "model_config": "model_config",
        "testing_for": "testing_for",
        "model_name": "model_name",
        "certifications": "certifications",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.model_config
        if value is not UNSET:
            fields["model_config"] = _values.written(value)
        value = self.testing_for
        if value is not UNSET:
            fields["testing_for"] = value
        value = self.model_name
        if value is not UNSET:
            fields["model_name"] = value
        value = self.certifications
        if value is not UNSET:
            fields["certifications"] = (
                value[:] if type(value) is list else _values.copied(value)
            )
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
            value = remaining.pop("model_config", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _models.ModelConfig.from_dict(value)
            model.model_config = value
            value = remaining.pop("testing_for", UNSET)
            if value is None:
                value = UNSET
            model.testing_for = value
            value = remaining.pop("model_name", UNSET)
            if value is None:
                value = UNSET
            model.model_name = value
            value = remaining.pop("certifications", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = value[:] if type(value) is list else _values.copied(value)
            model.certifications = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(ModelCustomRequestObject, cls, src_dict, error)
        else:
            return (
                model if cls is ModelCustomRequestObject else _base.constructed(model)
            )
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

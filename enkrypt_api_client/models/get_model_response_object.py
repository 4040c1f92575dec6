# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

import datetime as _datetime
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
class GetModelResponseObject(_base.OpenModel[Any]):
    """`GetModelResponseObject`, which the document does not describe

    Attributes:
        model_saved_name (str): Name of the saved model
        model_version (str): Custom identifier for the model
        model_config (ModelConfig): Model Config
        testing_for (TestingFor | Unset): Purpose of testing
        model_name (str | Unset): Name of the model. Required for foundationModels
        certifications (list[str] | Unset): List of certifications
        model_id (int | Unset): Model ID
        created_at (datetime | Unset): Created At
        updated_at (datetime | Unset): Updated At
        project_name (str | Unset): Project Name

    Example:
        {'created_at': '2024-10-15T17:22:47.872389+00:00',
         'updated_at': '2024-10-15T17:22:47.872389+00:00',
         'model_id': 1234567890,
         'testing_for': 'foundationModels',
         'model_saved_name': 'Test Model',
         'model_version': 'v1',
         'model_provider': 'together',
         'model_name': 'mistralai/Mixtral-8x7B-Instruct-v0.1',
         'project_name': 'default',
         'hosting_type': 'External',
         'certifications': [],
         'model_config': {'paths': {'chat': '/chat/completions',
                                    'completions': '/completions'},
                          'apikeys': ['xxxxx'],
                          'endpoint': {'host': 'api.together.xyz',
                                       'port': 443,
                                       'scheme': 'https',
                                       'base_path': '/v1'},
                          'auth_data': {'header_name': 'Authorization',
                                        'header_prefix': 'Bearer',
                                        'space_after_prefix': True},
                          'input_modalities': ['text'],
                          'output_modalities': ['text'],
                          'model_source': 'https://together.ai',
                          'system_prompt': '',
                          'tools': [{'name': 'web_search',
                                     'description': 'The tool web search is used to '
                                                    'search the web for information '
                                                    'related to finance.'}],
                          'metadata': {},
                          'default_request_options': {}}}
    """

    model_saved_name: str
    """ Name of the saved model """
    model_version: str
    """ Custom identifier for the model """
    model_config: _models.ModelConfig
    """ Model Config """
    testing_for: _models.TestingFor | Unset = UNSET
    """ Purpose of testing """
    model_name: str | Unset = UNSET
    """ Name of the model. Required for foundationModels """
    certifications: list[str] | Unset = UNSET
    """ List of certifications """
    model_id: int | Unset = UNSET
    """ Model ID """
    created_at: _datetime.datetime | Unset = UNSET
    """ Created At """
    updated_at: _datetime.datetime | Unset = UNSET
    """ Updated At """
    project_name: str | Unset = UNSET
    """ Project Name """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not describe, under their wire names """

    _wire_names_ = {
        "model_saved_name": "model_saved_name",
        "model_version": "model_version",
        "model_config": "model_config",
        "testing_for": "testing_for",
        "model_name": "model_name",
        "certifications": "certifications",
        "model_id": "model_id",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "project_name": "project_name",
    }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.model_saved_name
        if value is not UNSET:
            fields["model_saved_name"] = value
        value = self.model_version
        if value is not UNSET:
            fields["model_version"] = value
        value = self.model_config
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
        value = self.model_id
        if value is not UNSET:
            fields["model_id"] = value
        value = self.created_at
        if value is not UNSET:
            fields["created_at"] = _values.written(value)
        value = self.updated_at
        if value is not UNSET:
            fields["updated_at"] = _values.written(value)
        value = self.project_name
        if value is not UNSET:
            fields["project_name"] = value
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
            value = remaining.pop("model_saved_name", UNSET)
            if value is None:
                value = UNSET
            model.model_saved_name = value
            value = remaining.pop("model_version", UNSET)
            if value is None:
                value = UNSET
            model.model_version = value
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
            value = remaining.pop("model_id", UNSET)
            if value is None:
                value = UNSET
            model.model_id = value
            value = remaining.pop("created_at", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _values.read_datetime(value)
            model.created_at = value
            value = remaining.pop("updated_at", UNSET)
            if value is None:
                value = UNSET
            elif value is not UNSET:
                value = _values.read_datetime(value)
            model.updated_at = value
            value = remaining.pop("project_name", UNSET)
            if value is None:
                value = UNSET
            model.project_name = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(GetModelResponseObject, cls, src_dict, error)
        else:
            return model if cls is GetModelResponseObject else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

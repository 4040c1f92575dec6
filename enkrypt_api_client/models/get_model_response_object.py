# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import models, types
from .. import types as _types
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_config import ModelConfig
    from ..models.testing_for import TestingFor


@_attrs_define(kw_only=True)
class GetModelResponseObject:
    """Example:
    {'created_at': '2024-10-15T17:22:47.872389+00:00', 'updated_at':
    '2024-10-15T17:22:47.872389+00:00', 'model_id': 1234567890, 'testing_for':
    'foundationModels', 'model_saved_name': 'Test Model', 'model_version': 'v1',
    'model_provider': 'together', 'model_name':
    'mistralai/Mixtral-8x7B-Instruct-v0.1', 'project_name': 'default',
    'hosting_type': 'External', 'certifications': [], 'model_config': {'paths':
    {'chat': '/chat/completions', 'completions': '/completions'}, 'apikeys':
    ['xxxxx'], 'endpoint': {'host': 'api.together.xyz', 'port': 443, 'scheme':
    'https', 'base_path': '/v1'}, 'auth_data': {'header_name': 'Authorization',
    'header_prefix': 'Bearer', 'space_after_prefix': True}, 'input_modalities':
    ['text'], 'output_modalities': ['text'], 'model_source': 'https://together.ai',
    'system_prompt': '', 'tools': [{'name': 'web_search', 'description': 'The tool
    web search is used to search the web for information related to finance.'}],
    'metadata': {}, 'default_request_options': {}}}

    """

    model_config: ModelConfig
    """ Model Config """

    model_saved_name: str
    """ Name of the saved model """

    model_version: str
    """ Custom identifier for the model """

    testing_for: TestingFor | Unset = UNSET
    """ Purpose of testing """

    model_name: str | Unset = UNSET
    """ Name of the model. Required for foundationModels """

    certifications: list[str] | Unset = UNSET
    """ List of certifications """

    model_id: int | Unset = UNSET
    """ Model ID """

    created_at: datetime.datetime | Unset = UNSET
    """ Created At """

    updated_at: datetime.datetime | Unset = UNSET
    """ Updated At """

    project_name: str | Unset = UNSET
    """ Project Name """

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
        _value = self.model_config
        if _value is not UNSET:
            field_dict["model_config"] = _value.to_dict()
        _value = self.model_saved_name
        if _value is not UNSET:
            field_dict["model_saved_name"] = _value
        _value = self.model_version
        if _value is not UNSET:
            field_dict["model_version"] = _value
        _value = self.testing_for
        if _value is not UNSET:
            field_dict["testing_for"] = _value
        _value = self.model_name
        if _value is not UNSET:
            field_dict["model_name"] = _value
        _value = self.certifications
        if _value is not UNSET:
            field_dict["certifications"] = _value
        _value = self.model_id
        if _value is not UNSET:
            field_dict["model_id"] = _value
        _value = self.created_at
        if _value is not UNSET:
            field_dict["created_at"] = types.write_date(_value)
        _value = self.updated_at
        if _value is not UNSET:
            field_dict["updated_at"] = types.write_date(_value)
        _value = self.project_name
        if _value is not UNSET:
            field_dict["project_name"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _model_config = _rest_.pop("model_config", UNSET)
        if _model_config is None:
            _model_config = UNSET
        elif _model_config is not UNSET:
            _model_config = models.ModelConfig.from_dict(_model_config)
        _model_saved_name = _rest_.pop("model_saved_name", UNSET)
        if _model_saved_name is None:
            _model_saved_name = UNSET
        _model_version = _rest_.pop("model_version", UNSET)
        if _model_version is None:
            _model_version = UNSET
        _testing_for = _rest_.pop("testing_for", UNSET)
        if _testing_for is None:
            _testing_for = UNSET
        _model_name = _rest_.pop("model_name", UNSET)
        if _model_name is None:
            _model_name = UNSET
        _certifications = _rest_.pop("certifications", UNSET)
        if _certifications is None:
            _certifications = UNSET
        _model_id = _rest_.pop("model_id", UNSET)
        if _model_id is None:
            _model_id = UNSET
        _created_at = _rest_.pop("created_at", UNSET)
        if _created_at is None:
            _created_at = UNSET
        elif _created_at is not UNSET:
            _created_at = types.read_datetime(_created_at)
        _updated_at = _rest_.pop("updated_at", UNSET)
        if _updated_at is None:
            _updated_at = UNSET
        elif _updated_at is not UNSET:
            _updated_at = types.read_datetime(_updated_at)
        _project_name = _rest_.pop("project_name", UNSET)
        if _project_name is None:
            _project_name = UNSET
        _result_ = cls.__new__(cls)
        _result_.model_config = _model_config
        _result_.model_saved_name = _model_saved_name
        _result_.model_version = _model_version
        _result_.testing_for = _testing_for
        _result_.model_name = _model_name
        _result_.certifications = _certifications
        _result_.model_id = _model_id
        _result_.created_at = _created_at
        _result_.updated_at = _updated_at
        _result_.project_name = _project_name
        _result_.additional_properties = _rest_
        return (
            _result_ if cls is GetModelResponseObject else _types.constructed(_result_)
        )

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

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
    """Attributes:
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
    """ Fields that the document does not know, under their wire names """

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
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.model_saved_name
        if _value_ is not UNSET:
            _fields_["model_saved_name"] = _value_
        _value_ = self.model_version
        if _value_ is not UNSET:
            _fields_["model_version"] = _value_
        _value_ = self.model_config
        if _value_ is not UNSET:
            _fields_["model_config"] = _values.written(_value_)
        _value_ = self.testing_for
        if _value_ is not UNSET:
            _fields_["testing_for"] = _value_
        _value_ = self.model_name
        if _value_ is not UNSET:
            _fields_["model_name"] = _value_
        _value_ = self.certifications
        if _value_ is not UNSET:
            _fields_["certifications"] = _value_
        _value_ = self.model_id
        if _value_ is not UNSET:
            _fields_["model_id"] = _value_
        _value_ = self.created_at
        if _value_ is not UNSET:
            _fields_["created_at"] = _values.written(_value_)
        _value_ = self.updated_at
        if _value_ is not UNSET:
            _fields_["updated_at"] = _values.written(_value_)
        _value_ = self.project_name
        if _value_ is not UNSET:
            _fields_["project_name"] = _value_
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
            _value_ = _rest_.pop("model_saved_name", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_saved_name = _value_
            _value_ = _rest_.pop("model_version", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_version = _value_
            _value_ = _rest_.pop("model_config", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _models.ModelConfig.from_dict(_value_)
            _result_.model_config = _value_
            _value_ = _rest_.pop("testing_for", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.testing_for = _value_
            _value_ = _rest_.pop("model_name", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_name = _value_
            _value_ = _rest_.pop("certifications", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.certifications = _value_
            _value_ = _rest_.pop("model_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.model_id = _value_
            _value_ = _rest_.pop("created_at", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _values.read_datetime(_value_)
            _result_.created_at = _value_
            _value_ = _rest_.pop("updated_at", UNSET)
            if _value_ is None:
                _value_ = UNSET
            elif _value_ is not UNSET:
                _value_ = _values.read_datetime(_value_)
            _result_.updated_at = _value_
            _value_ = _rest_.pop("project_name", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.project_name = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(GetModelResponseObject, cls, src_dict, _error_)
        else:
            return (
                _result_
                if cls is GetModelResponseObject
                else _base.constructed(_result_)
            )
        raise _fault_

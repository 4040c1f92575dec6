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
    """Attributes:
        model_config (ModelConfig): Model Config
        testing_for (TestingFor | Unset): Purpose of testing
        model_name (str | Unset): Name of the model. Required for foundationModels
        certifications (list[str] | Unset): List of certifications

    Example:
        {'testing_for': 'foundationModels', 'model_name':
        'mistralai/Mixtral-8x7B-Instruct-v0.1', 'certifications': [], 'model_config':
        {'model_provider': 'together', 'hosting_type': 'External', 'input_modalities':
        ['text'], 'output_modalities': ['text'], 'model_source': 'https://together.ai',
        'rate_per_min': 20, 'system_prompt': '', 'endpoint': {'scheme': 'https', 'host':
        'api.together.xyz', 'port': 443, 'base_path': '/v1'}, 'paths': {'completions':
        '/completions', 'chat': '/chat/completions'}, 'auth_data': {'header_name':
        'Authorization', 'header_prefix': 'Bearer', 'space_after_prefix': True},
        'apikeys': ['xxxxx'], 'metadata': {}, 'default_request_options': {}}}

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
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "model_config": "model_config",
        "testing_for": "testing_for",
        "model_name": "model_name",
        "certifications": "certifications",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
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
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(ModelCustomRequestObject, cls, src_dict, _error_)
        else:
            return (
                _result_
                if cls is ModelCustomRequestObject
                else _base.constructed(_result_)
            )
        raise _fault_

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types as _types
from ..types import UNSET, Unset


@_attrs_define(kw_only=True)
class AuthData:
    """Auth Data"""

    header_name: str | Unset = UNSET
    """ Header Name """

    header_prefix: str | Unset = UNSET
    """ Header Prefix """

    space_after_prefix: bool | Unset = UNSET
    """ Space After Prefix """

    param_name: str | Unset = UNSET
    """ Param Name """

    azure_client_id: str | Unset = UNSET
    """ Azure Client ID """

    azure_client_secret: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ Azure Client Secret """

    azure_tenant_id: str | Unset = UNSET
    """ Azure Tenant ID """

    gcp_service_account_json: str | Unset = _attrs_field(
        default=UNSET, repr=_types.masked
    )
    """ GCP Service Account JSON """

    aws_access_key_id: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ AWS Access Key ID """

    aws_secret_access_key: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ AWS Secret Access Key """

    allow_override: bool | Unset = UNSET
    """ If enabled, the authorization header or parameter can be overridden in the request
    by the value configured here """

    boxai_client_id: str | Unset = UNSET
    """ BoxAI client ID for authentication """

    boxai_client_secret: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ BoxAI client secret for authentication """

    boxai_user_id: str | Unset = UNSET
    """ BoxAI user ID for authentication """

    boxai_default_file_id: str | Unset = UNSET
    """ BoxAI default file ID for operations """

    nutanix_user_session_id: str | Unset = _attrs_field(
        default=UNSET, repr=_types.masked
    )
    """ Nutanix user session ID for authentication """

    nutanix_email_id: str | Unset = UNSET
    """ Nutanix email ID for authentication """

    xactly_username: str | Unset = UNSET
    """ Xactly username for authentication """

    xactly_password: str | Unset = _attrs_field(default=UNSET, repr=_types.masked)
    """ Xactly password for authentication """

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
        _value = self.header_name
        if _value is not UNSET:
            field_dict["header_name"] = _value
        _value = self.header_prefix
        if _value is not UNSET:
            field_dict["header_prefix"] = _value
        _value = self.space_after_prefix
        if _value is not UNSET:
            field_dict["space_after_prefix"] = _value
        _value = self.param_name
        if _value is not UNSET:
            field_dict["param_name"] = _value
        _value = self.azure_client_id
        if _value is not UNSET:
            field_dict["azure_client_id"] = _value
        _value = self.azure_client_secret
        if _value is not UNSET:
            field_dict["azure_client_secret"] = _value
        _value = self.azure_tenant_id
        if _value is not UNSET:
            field_dict["azure_tenant_id"] = _value
        _value = self.gcp_service_account_json
        if _value is not UNSET:
            field_dict["gcp_service_account_json"] = _value
        _value = self.aws_access_key_id
        if _value is not UNSET:
            field_dict["aws_access_key_id"] = _value
        _value = self.aws_secret_access_key
        if _value is not UNSET:
            field_dict["aws_secret_access_key"] = _value
        _value = self.allow_override
        if _value is not UNSET:
            field_dict["allow_override"] = _value
        _value = self.boxai_client_id
        if _value is not UNSET:
            field_dict["boxai_client_id"] = _value
        _value = self.boxai_client_secret
        if _value is not UNSET:
            field_dict["boxai_client_secret"] = _value
        _value = self.boxai_user_id
        if _value is not UNSET:
            field_dict["boxai_user_id"] = _value
        _value = self.boxai_default_file_id
        if _value is not UNSET:
            field_dict["boxai_default_file_id"] = _value
        _value = self.nutanix_user_session_id
        if _value is not UNSET:
            field_dict["nutanix_user_session_id"] = _value
        _value = self.nutanix_email_id
        if _value is not UNSET:
            field_dict["nutanix_email_id"] = _value
        _value = self.xactly_username
        if _value is not UNSET:
            field_dict["xactly_username"] = _value
        _value = self.xactly_password
        if _value is not UNSET:
            field_dict["xactly_password"] = _value
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Unknown fields are kept in `additional_properties` where the document allows them."""

        _rest_ = dict(src_dict)
        _header_name = _rest_.pop("header_name", UNSET)
        if _header_name is None:
            _header_name = UNSET
        _header_prefix = _rest_.pop("header_prefix", UNSET)
        if _header_prefix is None:
            _header_prefix = UNSET
        _space_after_prefix = _rest_.pop("space_after_prefix", UNSET)
        if _space_after_prefix is None:
            _space_after_prefix = UNSET
        _param_name = _rest_.pop("param_name", UNSET)
        if _param_name is None:
            _param_name = UNSET
        _azure_client_id = _rest_.pop("azure_client_id", UNSET)
        if _azure_client_id is None:
            _azure_client_id = UNSET
        _azure_client_secret = _rest_.pop("azure_client_secret", UNSET)
        if _azure_client_secret is None:
            _azure_client_secret = UNSET
        _azure_tenant_id = _rest_.pop("azure_tenant_id", UNSET)
        if _azure_tenant_id is None:
            _azure_tenant_id = UNSET
        _gcp_service_account_json = _rest_.pop("gcp_service_account_json", UNSET)
        if _gcp_service_account_json is None:
            _gcp_service_account_json = UNSET
        _aws_access_key_id = _rest_.pop("aws_access_key_id", UNSET)
        if _aws_access_key_id is None:
            _aws_access_key_id = UNSET
        _aws_secret_access_key = _rest_.pop("aws_secret_access_key", UNSET)
        if _aws_secret_access_key is None:
            _aws_secret_access_key = UNSET
        _allow_override = _rest_.pop("allow_override", UNSET)
        if _allow_override is None:
            _allow_override = UNSET
        _boxai_client_id = _rest_.pop("boxai_client_id", UNSET)
        if _boxai_client_id is None:
            _boxai_client_id = UNSET
        _boxai_client_secret = _rest_.pop("boxai_client_secret", UNSET)
        if _boxai_client_secret is None:
            _boxai_client_secret = UNSET
        _boxai_user_id = _rest_.pop("boxai_user_id", UNSET)
        if _boxai_user_id is None:
            _boxai_user_id = UNSET
        _boxai_default_file_id = _rest_.pop("boxai_default_file_id", UNSET)
        if _boxai_default_file_id is None:
            _boxai_default_file_id = UNSET
        _nutanix_user_session_id = _rest_.pop("nutanix_user_session_id", UNSET)
        if _nutanix_user_session_id is None:
            _nutanix_user_session_id = UNSET
        _nutanix_email_id = _rest_.pop("nutanix_email_id", UNSET)
        if _nutanix_email_id is None:
            _nutanix_email_id = UNSET
        _xactly_username = _rest_.pop("xactly_username", UNSET)
        if _xactly_username is None:
            _xactly_username = UNSET
        _xactly_password = _rest_.pop("xactly_password", UNSET)
        if _xactly_password is None:
            _xactly_password = UNSET
        _result_ = cls.__new__(cls)
        _result_.header_name = _header_name
        _result_.header_prefix = _header_prefix
        _result_.space_after_prefix = _space_after_prefix
        _result_.param_name = _param_name
        _result_.azure_client_id = _azure_client_id
        _result_.azure_client_secret = _azure_client_secret
        _result_.azure_tenant_id = _azure_tenant_id
        _result_.gcp_service_account_json = _gcp_service_account_json
        _result_.aws_access_key_id = _aws_access_key_id
        _result_.aws_secret_access_key = _aws_secret_access_key
        _result_.allow_override = _allow_override
        _result_.boxai_client_id = _boxai_client_id
        _result_.boxai_client_secret = _boxai_client_secret
        _result_.boxai_user_id = _boxai_user_id
        _result_.boxai_default_file_id = _boxai_default_file_id
        _result_.nutanix_user_session_id = _nutanix_user_session_id
        _result_.nutanix_email_id = _nutanix_email_id
        _result_.xactly_username = _xactly_username
        _result_.xactly_password = _xactly_password
        _result_.additional_properties = _rest_
        return _result_ if cls is AuthData else _types.constructed(_result_)

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

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import model_base as _base
from ..types import UNSET, Unset


@_base.described
@_attrs_define(kw_only=True, repr=False, eq=False, getstate_setstate=False)
class AuthData(_base.OpenModel[Any]):
    """Auth Data

    Attributes:
        header_name (str | Unset): Header Name
        header_prefix (str | Unset): Header Prefix
        space_after_prefix (bool | Unset): Space After Prefix
        param_name (str | Unset): Param Name
        azure_client_id (str | Unset): Azure Client ID
        azure_client_secret (str | Unset): Azure Client Secret
        azure_tenant_id (str | Unset): Azure Tenant ID
        gcp_service_account_json (str | Unset): GCP Service Account JSON
        aws_access_key_id (str | Unset): AWS Access Key ID
        aws_secret_access_key (str | Unset): AWS Secret Access Key
        allow_override (bool | Unset): If enabled, the authorization header or parameter
            can be overridden in the request by the value configured here
        boxai_client_id (str | Unset): BoxAI client ID for authentication
        boxai_client_secret (str | Unset): BoxAI client secret for authentication
        boxai_user_id (str | Unset): BoxAI user ID for authentication
        boxai_default_file_id (str | Unset): BoxAI default file ID for operations
        nutanix_user_session_id (str | Unset): Nutanix user session ID for
            authentication
        nutanix_email_id (str | Unset): Nutanix email ID for authentication
        xactly_username (str | Unset): Xactly username for authentication
        xactly_password (str | Unset): Xactly password for authentication
    """

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
    azure_client_secret: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ Azure Client Secret """
    azure_tenant_id: str | Unset = UNSET
    """ Azure Tenant ID """
    gcp_service_account_json: str | Unset = _attrs_field(
        default=UNSET, repr=_base.masked
    )
    """ GCP Service Account JSON """
    aws_access_key_id: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ AWS Access Key ID """
    aws_secret_access_key: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ AWS Secret Access Key """
    allow_override: bool | Unset = UNSET
    """ If enabled, the authorization header or parameter can be overridden in the request
    by the value configured here """
    boxai_client_id: str | Unset = UNSET
    """ BoxAI client ID for authentication """
    boxai_client_secret: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ BoxAI client secret for authentication """
    boxai_user_id: str | Unset = UNSET
    """ BoxAI user ID for authentication """
    boxai_default_file_id: str | Unset = UNSET
    """ BoxAI default file ID for operations """
    nutanix_user_session_id: str | Unset = _attrs_field(
        default=UNSET, repr=_base.masked
    )
    """ Nutanix user session ID for authentication """
    nutanix_email_id: str | Unset = UNSET
    """ Nutanix email ID for authentication """
    xactly_username: str | Unset = UNSET
    """ Xactly username for authentication """
    xactly_password: str | Unset = _attrs_field(default=UNSET, repr=_base.masked)
    """ Xactly password for authentication """
    additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, repr=_base.masked_values
    )
    """ Fields that the document does not know, under their wire names """

    _wire_names_ = {
        "header_name": "header_name",
        "header_prefix": "header_prefix",
        "space_after_prefix": "space_after_prefix",
        "param_name": "param_name",
        "azure_client_id": "azure_client_id",
        "azure_client_secret": "azure_client_secret",
        "azure_tenant_id": "azure_tenant_id",
        "gcp_service_account_json": "gcp_service_account_json",
        "aws_access_key_id": "aws_access_key_id",
        "aws_secret_access_key": "aws_secret_access_key",
        "allow_override": "allow_override",
        "boxai_client_id": "boxai_client_id",
        "boxai_client_secret": "boxai_client_secret",
        "boxai_user_id": "boxai_user_id",
        "boxai_default_file_id": "boxai_default_file_id",
        "nutanix_user_session_id": "nutanix_user_session_id",
        "nutanix_email_id": "nutanix_email_id",
        "xactly_username": "xactly_username",
        "xactly_password": "xactly_password",
    }

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every field that is set, under its wire name."""
        _fields_: dict[str, Any] = {**self.additional_properties}
        _value_: Any
        _value_ = self.header_name
        if _value_ is not UNSET:
            _fields_["header_name"] = _value_
        _value_ = self.header_prefix
        if _value_ is not UNSET:
            _fields_["header_prefix"] = _value_
        _value_ = self.space_after_prefix
        if _value_ is not UNSET:
            _fields_["space_after_prefix"] = _value_
        _value_ = self.param_name
        if _value_ is not UNSET:
            _fields_["param_name"] = _value_
        _value_ = self.azure_client_id
        if _value_ is not UNSET:
            _fields_["azure_client_id"] = _value_
        _value_ = self.azure_client_secret
        if _value_ is not UNSET:
            _fields_["azure_client_secret"] = _value_
        _value_ = self.azure_tenant_id
        if _value_ is not UNSET:
            _fields_["azure_tenant_id"] = _value_
        _value_ = self.gcp_service_account_json
        if _value_ is not UNSET:
            _fields_["gcp_service_account_json"] = _value_
        _value_ = self.aws_access_key_id
        if _value_ is not UNSET:
            _fields_["aws_access_key_id"] = _value_
        _value_ = self.aws_secret_access_key
        if _value_ is not UNSET:
            _fields_["aws_secret_access_key"] = _value_
        _value_ = self.allow_override
        if _value_ is not UNSET:
            _fields_["allow_override"] = _value_
        _value_ = self.boxai_client_id
        if _value_ is not UNSET:
            _fields_["boxai_client_id"] = _value_
        _value_ = self.boxai_client_secret
        if _value_ is not UNSET:
            _fields_["boxai_client_secret"] = _value_
        _value_ = self.boxai_user_id
        if _value_ is not UNSET:
            _fields_["boxai_user_id"] = _value_
        _value_ = self.boxai_default_file_id
        if _value_ is not UNSET:
            _fields_["boxai_default_file_id"] = _value_
        _value_ = self.nutanix_user_session_id
        if _value_ is not UNSET:
            _fields_["nutanix_user_session_id"] = _value_
        _value_ = self.nutanix_email_id
        if _value_ is not UNSET:
            _fields_["nutanix_email_id"] = _value_
        _value_ = self.xactly_username
        if _value_ is not UNSET:
            _fields_["xactly_username"] = _value_
        _value_ = self.xactly_password
        if _value_ is not UNSET:
            _fields_["xactly_password"] = _value_
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
            _value_ = _rest_.pop("header_name", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.header_name = _value_
            _value_ = _rest_.pop("header_prefix", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.header_prefix = _value_
            _value_ = _rest_.pop("space_after_prefix", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.space_after_prefix = _value_
            _value_ = _rest_.pop("param_name", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.param_name = _value_
            _value_ = _rest_.pop("azure_client_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_client_id = _value_
            _value_ = _rest_.pop("azure_client_secret", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_client_secret = _value_
            _value_ = _rest_.pop("azure_tenant_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.azure_tenant_id = _value_
            _value_ = _rest_.pop("gcp_service_account_json", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.gcp_service_account_json = _value_
            _value_ = _rest_.pop("aws_access_key_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.aws_access_key_id = _value_
            _value_ = _rest_.pop("aws_secret_access_key", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.aws_secret_access_key = _value_
            _value_ = _rest_.pop("allow_override", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.allow_override = _value_
            _value_ = _rest_.pop("boxai_client_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.boxai_client_id = _value_
            _value_ = _rest_.pop("boxai_client_secret", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.boxai_client_secret = _value_
            _value_ = _rest_.pop("boxai_user_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.boxai_user_id = _value_
            _value_ = _rest_.pop("boxai_default_file_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.boxai_default_file_id = _value_
            _value_ = _rest_.pop("nutanix_user_session_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.nutanix_user_session_id = _value_
            _value_ = _rest_.pop("nutanix_email_id", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.nutanix_email_id = _value_
            _value_ = _rest_.pop("xactly_username", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.xactly_username = _value_
            _value_ = _rest_.pop("xactly_password", UNSET)
            if _value_ is None:
                _value_ = UNSET
            _result_.xactly_password = _value_
            _result_.additional_properties = _rest_
        except (TypeError, ValueError) as _error_:
            _fault_ = _base.unreadable(AuthData, cls, src_dict, _error_)
        else:
            return _result_ if cls is AuthData else _base.constructed(_result_)
        raise _fault_

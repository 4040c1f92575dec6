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
    """ Fields that the document does not describe, under their wire names """

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
        """Return the JSON form: every field that is set, under its wire name."""
        fields: dict[str, Any] = {**self.additional_properties}
        if fields:
            fields = _values.copied(fields)
        value: Any = self.header_name
        if value is not UNSET:
            fields["header_name"] = value
        value = self.header_prefix
        if value is not UNSET:
            fields["header_prefix"] = value
        value = self.space_after_prefix
        if value is not UNSET:
            fields["space_after_prefix"] = value
        value = self.param_name
        if value is not UNSET:
            fields["param_name"] = value
        value = self.azure_client_id
        if value is not UNSET:
            fields["azure_client_id"] = value
        value = self.azure_client_secret
        if value is not UNSET:
            fields["azure_client_secret"] = value
        value = self.azure_tenant_id
        if value is not UNSET:
            fields["azure_tenant_id"] = value
        value = self.gcp_service_account_json
        if value is not UNSET:
            fields["gcp_service_account_json"] = value
        value = self.aws_access_key_id
        if value is not UNSET:
            fields["aws_access_key_id"] = value
        value = self.aws_secret_access_key
        if value is not UNSET:
            fields["aws_secret_access_key"] = value
        value = self.allow_override
        if value is not UNSET:
            fields["allow_override"] = value
        value = self.boxai_client_id
        if value is not UNSET:
            fields["boxai_client_id"] = value
        value = self.boxai_client_secret
        if value is not UNSET:
            fields["boxai_client_secret"] = value
        value = self.boxai_user_id
        if value is not UNSET:
            fields["boxai_user_id"] = value
        value = self.boxai_default_file_id
        if value is not UNSET:
            fields["boxai_default_file_id"] = value
        value = self.nutanix_user_session_id
        if value is not UNSET:
            fields["nutanix_user_session_id"] = value
        value = self.nutanix_email_id
        if value is not UNSET:
            fields["nutanix_email_id"] = value
        value = self.xactly_username
        if value is not UNSET:
            fields["xactly_username"] = value
        value = self.xactly_password
        if value is not UNSET:
            fields["xactly_password"] = value
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
            value = remaining.pop("header_name", UNSET)
            if value is None:
                value = UNSET
            model.header_name = value
            value = remaining.pop("header_prefix", UNSET)
            if value is None:
                value = UNSET
            model.header_prefix = value
            value = remaining.pop("space_after_prefix", UNSET)
            if value is None:
                value = UNSET
            model.space_after_prefix = value
            value = remaining.pop("param_name", UNSET)
            if value is None:
                value = UNSET
            model.param_name = value
            value = remaining.pop("azure_client_id", UNSET)
            if value is None:
                value = UNSET
            model.azure_client_id = value
            value = remaining.pop("azure_client_secret", UNSET)
            if value is None:
                value = UNSET
            model.azure_client_secret = value
            value = remaining.pop("azure_tenant_id", UNSET)
            if value is None:
                value = UNSET
            model.azure_tenant_id = value
            value = remaining.pop("gcp_service_account_json", UNSET)
            if value is None:
                value = UNSET
            model.gcp_service_account_json = value
            value = remaining.pop("aws_access_key_id", UNSET)
            if value is None:
                value = UNSET
            model.aws_access_key_id = value
            value = remaining.pop("aws_secret_access_key", UNSET)
            if value is None:
                value = UNSET
            model.aws_secret_access_key = value
            value = remaining.pop("allow_override", UNSET)
            if value is None:
                value = UNSET
            model.allow_override = value
            value = remaining.pop("boxai_client_id", UNSET)
            if value is None:
                value = UNSET
            model.boxai_client_id = value
            value = remaining.pop("boxai_client_secret", UNSET)
            if value is None:
                value = UNSET
            model.boxai_client_secret = value
            value = remaining.pop("boxai_user_id", UNSET)
            if value is None:
                value = UNSET
            model.boxai_user_id = value
            value = remaining.pop("boxai_default_file_id", UNSET)
            if value is None:
                value = UNSET
            model.boxai_default_file_id = value
            value = remaining.pop("nutanix_user_session_id", UNSET)
            if value is None:
                value = UNSET
            model.nutanix_user_session_id = value
            value = remaining.pop("nutanix_email_id", UNSET)
            if value is None:
                value = UNSET
            model.nutanix_email_id = value
            value = remaining.pop("xactly_username", UNSET)
            if value is None:
                value = UNSET
            model.xactly_username = value
            value = remaining.pop("xactly_password", UNSET)
            if value is None:
                value = UNSET
            model.xactly_password = value
            model.additional_properties = (
                _values.copied(remaining) if remaining else remaining
            )
        except (TypeError, ValueError) as error:
            fault = _base.unreadable(AuthData, cls, src_dict, error)
        else:
            return model if cls is AuthData else _base.constructed(model)
        # Not raised in the handler: it would have the error as its context, whose traceback holds the data.
        raise fault

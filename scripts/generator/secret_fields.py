"""Which fields hold secrets: their values are masked wherever a model is printed.

A field whose name looks like a credential and is in neither list is masked all the same, until somebody decides. `make generate` names it,
and a test fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.contract import model
from scripts.contract.model import Contract
from scripts.contract.schema import Object

LOOKS_SECRET = re.compile(
    r"(?i)secret|passw|token|credential|private|(?:api|access|auth|account|signing|service|license)_?-?keys?|apikey|session|cookie|bearer"
    # not authors, and nothing that is authoritative; not BOOTP, which only lends its last letters
    r"|jwt|auth(?!or(?!i[sz]))|curl|payload|service_account|_pin$|^pin$|(?<!bo)otp"
)

# Wire name, or Class.wire_name where the name alone says too little.
SECRET = frozenset(
    {
        "apikeys",
        "azure_client_secret",
        "gcp_service_account_json",
        "aws_access_key_id",
        "aws_secret_access_key",
        "boxai_client_secret",
        "nutanix_user_session_id",
        "xactly_password",
        "jwt_body",
        "custom_curl_command",
        "custom_payload",
        "JwtHeader.value",
        "CustomHeader.value",
    }
)

# Names that look like one and hold none: settings, addresses, kinds, and objects whose own fields are classified one by one.
PUBLIC = frozenset(
    {
        "auth_data",
        "model_auth_type",
        "model_jwt_config",
        "jwt_method",
        "jwt_url",
        "jwt_headers",
        "jwt_response_key",
        "max_tokens",
        "input_cost_1M_tokens",
        "output_cost_1M_tokens",
    }
)


def is_secret(class_name: str, wire_name: str) -> bool:
    """Whether the field's value must never be printed."""
    names = {wire_name, f"{class_name}.{wire_name}"}
    return bool(names & SECRET) or is_undecided(class_name, wire_name)


def is_undecided(class_name: str, wire_name: str) -> bool:
    """Whether the name looks like a credential and nobody has decided yet."""
    names = {wire_name, f"{class_name}.{wire_name}"}
    return bool(LOOKS_SECRET.search(wire_name)) and not names & (SECRET | PUBLIC)


def undecided_fields(contract: Contract) -> list[str]:
    """The fields that nobody has decided on yet, as `Class.wire_name`."""
    fields = {
        f"{class_name}.{name}"
        for class_name, name, is_password in _fields(contract)
        if not is_password and is_undecided(class_name, name)
    }
    return sorted(fields)


def stale_entries(contract: Contract) -> list[str]:
    """The entries of both lists that name no field of the contract."""
    names: set[str] = set()
    for class_name, name, _is_password in _fields(contract):
        names |= {name, f"{class_name}.{name}"}
    return sorted((SECRET | PUBLIC) - names)


def _fields(contract: Contract) -> Iterator[tuple[str, str, bool]]:
    """Class and wire name of each field, and whether the document calls it a password."""
    for schema in model.all_schemas(contract):
        if isinstance(schema, Object):
            class_name = contract.names.class_of(schema)
            for name, field in schema.fields.items():
                yield class_name, name, field.format == "password"

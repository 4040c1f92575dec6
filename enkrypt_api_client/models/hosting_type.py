# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

HostingType = Literal["External", "Internal"]

HOSTING_TYPE_VALUES: set[HostingType] = {
    "External",
    "Internal",
}


def check_hosting_type(value: str) -> HostingType:
    """The value itself, known or not."""
    return cast(HostingType, value)

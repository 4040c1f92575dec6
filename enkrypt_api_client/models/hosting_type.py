# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

HostingType = _Literal["External", "Internal"]

HOSTING_TYPE_VALUES: set[HostingType] = {
    "External",
    "Internal",
}

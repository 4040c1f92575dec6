# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

HostingType = _Literal["External", "Internal"]

HOSTING_TYPE_VALUES: set[HostingType] = {
    "External",
    "Internal",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["HostingType"] = _base.with_help(
    HostingType,
    """ Hosting type of the model

    A value that the document does not list stays the string that the service sends. """,
)

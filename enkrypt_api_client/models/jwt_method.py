# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

JwtMethod = _Literal["GET", "POST"]

JWT_METHOD_VALUES: set[JwtMethod] = {
    "GET",
    "POST",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["JwtMethod"] = _base.with_help(
    JwtMethod,
    """ Token Method

    A value that the document does not list stays the string that the service sends. """,
)

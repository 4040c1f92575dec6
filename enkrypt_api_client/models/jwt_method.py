# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

JwtMethod = _Literal["GET", "POST"]

JWT_METHOD_VALUES: set[JwtMethod] = {
    "GET",
    "POST",
}

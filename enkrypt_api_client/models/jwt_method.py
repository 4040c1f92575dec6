# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

JwtMethod = Literal["GET", "POST"]

JWT_METHOD_VALUES: set[JwtMethod] = {
    "GET",
    "POST",
}


def check_jwt_method(value: str) -> JwtMethod:
    """The value itself, known or not."""
    return cast(JwtMethod, value)

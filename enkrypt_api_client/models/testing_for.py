# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

TestingFor = _Literal["URL", "agents", "chatbotsAndCopilots", "foundationModels"]

TESTING_FOR_VALUES: set[TestingFor] = {
    "URL",
    "agents",
    "chatbotsAndCopilots",
    "foundationModels",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["TestingFor"] = _base.with_help(
    TestingFor,
    """ Purpose of testing

    A value that the document does not list stays the string that the service sends. """,
)

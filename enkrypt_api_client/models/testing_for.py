# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

TestingFor = _Literal["URL", "agents", "chatbotsAndCopilots", "foundationModels"]

TESTING_FOR_VALUES: set[TestingFor] = {
    "URL",
    "agents",
    "chatbotsAndCopilots",
    "foundationModels",
}

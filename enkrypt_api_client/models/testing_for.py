# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

TestingFor = Literal["agents", "chatbotsAndCopilots", "foundationModels", "URL"]

TESTING_FOR_VALUES: set[TestingFor] = {
    "agents",
    "chatbotsAndCopilots",
    "foundationModels",
    "URL",
}


def check_testing_for(value: str) -> TestingFor:
    """The value itself, known or not."""
    return cast(TestingFor, value)

"""The comparison with enkryptai-sdk: our side of it, which needs nothing installed."""

from __future__ import annotations

from typing import Any

from scripts.moving.__main__ import compare, ours, told


def test_each_of_the_71_fields_arrives_as_given_and_alone(document: Any) -> None:
    outcomes = compare(document, ours)
    assert len(outcomes) == 71
    assert {outcome.fate for outcome in outcomes} == {"sent"}
    assert not any(outcome.added for outcome in outcomes)


def test_a_client_that_drops_adds_or_raises_is_told_so(document: Any) -> None:
    def broken(url: str, bodies: list[Any]) -> list[str]:
        for body in bodies:
            body["model_config"].pop("rate_per_min", None)
            body["model_config"].setdefault("paths", {})["chat"] = "/mine"
        wrong = next(b for b in bodies if "jwt_url" in str(b))
        wrong["model_config"]["model_provider"] = "nobody"
        return ours(url, bodies)

    outcomes = {outcome.field: outcome for outcome in compare(document, broken)}
    assert outcomes["model_config.rate_per_min"].fate == "dropped"
    assert outcomes["model_config.paths.chat"].fate == "changed"
    assert outcomes["model_name"].added == {"model_config.paths.chat"}
    refused = outcomes["model_config.model_jwt_config.jwt_url"]
    assert refused.fate == "raises InvalidRequestError"
    assert "Added by itself: model_config.paths.chat." in list(
        told(list(outcomes.values()), list(outcomes.values()))
    )

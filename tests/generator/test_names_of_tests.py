"""Models whose names pytest takes for those of tests."""

from __future__ import annotations

from pathlib import Path

from tests.generator import packages


def test_a_model_that_is_named_like_a_test_tells_pytest_that_it_is_none(
    tmp_path: Path,
) -> None:
    number = {"type": "integer"}
    schema = {"type": "object", "properties": {"test": number, "__test__": number}}
    document = packages.document(
        {
            "/test": {
                "get": {
                    "operationId": "get_test",
                    "responses": packages.answer(packages.ref("TestResult")),
                },
                "post": {
                    "operationId": "add_test",
                    "responses": packages.answer(packages.ref("Result")),
                },
            }
        },
        TestResult=schema,
        Result=schema,
    )
    with packages.generated(document, tmp_path) as package:
        models = packages.part(package, "models")
        assert models.TestResult.__test__ is False
        assert not hasattr(models.Result, "__test__")
        for model in (models.TestResult, models.Result):
            content = {"test": 1, "__test__": 2, "other": 3}
            assert model.from_dict(content).to_dict() == content
            assert model(test=1).to_dict() == {"test": 1}

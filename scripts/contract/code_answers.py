"""Answers of an operation by status, from the syntax of `_parse_response`: `cast` leaves no other trace of a type."""

from __future__ import annotations

import ast

from scripts.contract import hints
from scripts.contract.hints import CodeError
from scripts.contract.model import Content, Schema

# What the code decodes an answer with, as a content type of its kind.
DECODING = {
    "response.json()": "json",
    "response.text": "text",
    "response.content": "bytes",
}


def read(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    name: str,
    models: frozenset[str],
) -> dict[str, Content]:
    """Contents by status pattern: `200`, `4XX`, `default`. Raises CodeError."""
    answers: dict[str, Content] = {}
    for index, node in enumerate(function.body):
        if isinstance(node, ast.If):
            status = _status(node.test, name)
            if status is not None:
                answers[status] = _content(
                    node.body, f"response {status} of {name}", models
                )
                continue
            if ast.unparse(node) == _UNKNOWN:
                continue
        answers["default"] = _content(
            function.body[index:], f"response default of {name}", models
        )
        break
    return answers


_UNKNOWN = ast.unparse(
    ast.parse(
        "if client.raise_on_unexpected_status:\n"
        "    raise errors.UnexpectedStatus(response.status_code, response.content)\n"
        "else:\n    return None"
    )
)


def _status(test: ast.expr, name: str) -> str | None:
    """`response.status_code == 200` or `200 <= response.status_code <= 299`."""
    if not isinstance(test, ast.Compare):
        return None
    values = [test.left, *test.comparators]
    numbers = [v.value for v in values if isinstance(v, ast.Constant)]
    subject = [v for v in values if not isinstance(v, ast.Constant)]
    operators = [type(operator) for operator in test.ops]
    if len(subject) == 1 and ast.unparse(subject[0]) == "response.status_code":
        if operators == [ast.Eq] and isinstance(numbers[0], int):
            return str(numbers[0])
        if operators == [ast.LtE, ast.LtE] and len(numbers) == 2:
            low, high = (int(str(number)) for number in numbers)
            if low % 100 == 0 and high == low + 99:
                return f"{low // 100}XX"
    raise CodeError(
        f"{name}: the condition {ast.unparse(test)!r} on an answer is not known"
    )


def _content(body: list[ast.stmt], place: str, models: frozenset[str]) -> Content:
    """What a branch returns."""
    final = body[-1]
    if not isinstance(final, ast.Return) or final.value is None:
        raise CodeError(f"{place}: the branch returns nothing")
    if ast.unparse(final.value) == "None":
        return Content(place, {})
    source = _source(body)
    if source is None:
        return Content(place, {})
    variable = ast.unparse(final.value)
    schema = _assigned(body, variable, place, models)
    return Content(place, {DECODING[source]: schema})


def _source(body: list[ast.stmt]) -> str | None:
    text = "\n".join(ast.unparse(node) for node in body)
    return next((source for source in DECODING if source in text), None)


def _assigned(
    body: list[ast.stmt], variable: str, place: str, models: frozenset[str]
) -> Schema:
    for node in body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == variable:
            return hints.read(node.annotation, place, models).schema
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            return hints.read(node.returns, place, models).schema
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == variable:
            return _of_expression(node.value, place, models)
    raise CodeError(f"{place}: what it returns is assigned nowhere")


def _of_expression(value: ast.expr, place: str, models: frozenset[str]) -> Schema:
    text = ast.unparse(value)
    if text == "response.text":
        return Schema(place, kind="string")
    if text == "response.json()":
        return Schema(place)
    if isinstance(value, ast.Call):
        called = ast.unparse(value.func)
        if called == "cast":
            return hints.read(value.args[0], place, models).schema
        if called == "File":
            return Schema(place, kind="string", format="binary")
        if called.startswith("check_"):
            folded = called.removeprefix("check_").replace("_", "")
            for name in models:
                if name.lower() == folded:
                    return Schema(place, ref=name)
        if called.endswith(".from_dict"):
            return Schema(
                place, ref=called.removesuffix(".from_dict").rpartition(".")[2]
            )
    raise CodeError(f"{place}: {text!r} is no way to read an answer that is known")

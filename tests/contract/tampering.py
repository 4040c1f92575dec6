"""Tamper with Python source, one statement or one constant at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple


class Tampered(NamedTuple):
    kind: str
    line: int
    text: str


def variants(source: str) -> Iterator[Tampered]:
    """Every deletion of a statement and every change of a constant, docstrings and what only type checkers read left out."""
    lines = source.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    for node, kind in _targets(ast.parse(source)):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = offsets[node.lineno - 1] + _chars(lines, node.lineno, node.col_offset)
        end = offsets[node.end_lineno - 1] + _chars(
            lines, node.end_lineno, node.end_col_offset
        )
        new = "pass" if isinstance(node, ast.stmt) else _changed(node)
        yield Tampered(kind, node.lineno, source[:start] + new + source[end:])


def _chars(lines: list[str], line: int, column: int) -> int:
    """`ast` counts bytes."""
    return len(lines[line - 1].encode()[:column].decode())


def _changed(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    value = node.value
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, str):
        return repr(f"{value}x")
    return repr(value + 1) if isinstance(value, int | float) else "0"


def _targets(tree: ast.Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    for node in tree.body:
        yield from _of_statement(node, "module")


def _of_statement(
    node: ast.stmt, where: str
) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # words
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = node.name
    yield node, f"{type(node).__name__} deleted in {where}"
    for field, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.stmt):
                yield from _of_statement(item, where)
            elif isinstance(item, ast.AST) and field not in ("annotation", "returns"):
                for inner in _run(item):
                    if isinstance(inner, ast.Constant) and inner.value is not ...:
                        yield inner, f"constant changed in {where}"


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, without the annotations of arguments."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.arg) and child is node.annotation):
            yield from _run(child)

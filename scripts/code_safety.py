"""What generated code may contain, checked on its syntax before any of it is imported: a closed list of statements, calls and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from scripts import lazy_models
from scripts.errors import GenerationError

_NODES = {
    "And", "AnnAssign", "Assign", "AsyncFunctionDef", "Attribute", "Await", "BinOp", "BitOr", "BoolOp", "Call", "ClassDef", "Compare",
    "Constant", "Del", "Delete", "Dict", "DictComp", "Eq", "Expr", "For", "FormattedValue", "FunctionDef", "If", "IfExp", "Import",
    "ImportFrom", "In", "Is", "IsNot", "JoinedStr", "Lambda", "List", "ListComp", "Load", "LtE", "Module", "Name", "Not", "NotEq",
    "NotIn", "Raise", "Return", "Set", "Starred", "Store", "Subscript", "Tuple", "USub", "UnaryOp", "alias", "arg", "arguments",
    "comprehension", "keyword",
}  # fmt: skip
_CALLS = {
    "BytesIO", "File", "HTTPStatus", "Response", "UUID", "ValueError", "_attrs_define", "_attrs_field", "_build_response", "_get_kwargs",
    "_parse_response",
    "all", "asyncio_detailed", "cast", "cls", "dict", "isinstance", "list", "map", "quote", "str", "sync_detailed",
}  # fmt: skip
_METHODS = {
    "UnexpectedStatus", "_fits", "append", "constructed",
    "dumps", "encode", "fits", "format", "from_dict", "fromisoformat", "get_async_httpx_client",
    "get_httpx_client", "isoformat", "items", "json", "pop", "read_date", "read_datetime", "read_union", "read_uuid", "request", "to_dict",
    "to_multipart", "to_tuple", "update", "write_date", "write_union", "write_uuid",
}  # fmt: skip
_IMPORTS = {
    "__future__": {"annotations"},
    "attrs": {"define", "field"},
    "collections.abc": {"Mapping"},
    "datetime": set(),
    "http": {"HTTPStatus"},
    "httpx": set(),
    "io": {"BytesIO"},
    "json": set(),
    "typing": {"TYPE_CHECKING", "Any", "BinaryIO", "Generator", "Literal", "Self", "TextIO", "cast"},
    "urllib.parse": {"quote"},
    "uuid": {"UUID"},
}  # fmt: skip
_HIDDEN = {"__all__", "__contains__", "__delitem__", "__getitem__", "__setitem__", "__name__", "_fits"}  # fmt: skip
_DECORATORS = {"_attrs_define(kw_only=True)", "classmethod", "property"}

# No document has a say in these: they must be what any other document gives.
RUN_TIME = ("client.py", "errors.py", "types.py")
# What type checkers read of the models, beside the one module that imports by name.
STUB = "models/__init__.pyi"
_LAZY = "models/__init__.py"


def check(folder: Path, reference: Path) -> None:
    """Refuse a generated tree that contains anything but what generated code is made of.

    Args:
        folder: The tree, not yet imported.
        reference: The modules that no document has a say in, from a document of our own, and our own modules for this document.

    Raises:
        GenerationError: A line for each finding, with file and line number.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            continue
        if name in RUN_TIME:
            if path.read_bytes() != (reference / name).read_bytes():
                found.append(f"{name}: differs from what any other document gives")
        elif path.is_symlink() or (path.suffix != ".py" and name != STUB):
            found.append(f"{name}: not a Python module")
        elif name.startswith("_") and _syntax(path) != _syntax(reference / name):
            found.append(f"{name}: not what our own generator writes for the document")
        else:
            found += [f"{name}:{line}: {what}" for line, what in _module(path, name)]
    if found:
        raise GenerationError("\n".join(found))


def _syntax(path: Path) -> str:
    """A module's syntax, however it is formatted; empty where there is none."""
    try:
        return ast.dump(ast.parse(path.read_text("utf-8")))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ""


def _module(path: Path, name: str) -> Iterator[tuple[int, str]]:
    try:
        source = path.read_text("utf-8")
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield getattr(error, "lineno", 0) or 0, f"not Python: {type(error).__name__}"
        return
    if name == _LAZY:
        if not lazy_models.is_lazy(source):
            yield 0, "is not the module that imports models when they are asked for"
        return
    own = name.startswith("_")
    for node in tree.body:
        yield from _top(node, name, own=own)
        if not own:
            yield from _inside(node)


def _top(node: ast.stmt, name: str, *, own: bool) -> Iterator[tuple[int, str]]:
    """Statements of a module: they run on import, so what they may be is a short list."""
    if _is_docstring(node):
        return
    if isinstance(node, ast.Assign | ast.AnnAssign):
        if node.value is None or not _is_data(node.value, own=own):
            yield node.lineno, "a module-level value that is more than data"
    elif isinstance(node, ast.If) and not own:
        if ast.unparse(node.test) != "TYPE_CHECKING" or node.orelse:
            yield node.lineno, "a module-level condition"
    elif isinstance(node, ast.Import | ast.ImportFrom) and not own:
        yield from _imported(node)
    elif own or not isinstance(
        node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    ):
        yield node.lineno, f"a module-level {type(node).__name__}"
    elif isinstance(node, ast.ClassDef):
        yield from _class(node)


def _class(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    if node.bases or node.keywords:
        yield node.lineno, "a class with bases"
    for inner in node.body:
        if isinstance(inner, ast.AnnAssign):
            value = inner.value
            fine = (
                value is None
                or _is_data(value, own=False)
                or (
                    isinstance(value, ast.Call)
                    and ast.unparse(value.func) == "_attrs_field"
                )
            )
            if not fine:
                yield inner.lineno, "a default that is more than data"
        elif not (isinstance(inner, ast.FunctionDef) or _is_docstring(inner)):
            yield inner.lineno, f"a {type(inner).__name__} in a class"
        elif getattr(inner, "name", "") == "__repr__" and ast.unparse(inner) != _REPR:
            yield inner.lineno, "a __repr__ of its own"


_REPR = "def __repr__(self) -> str:\n    return _types.shown(self)"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_data(value: ast.expr, *, own: bool) -> bool:
    """A literal, `Literal[...]`, UNSET, False, or a date from text."""
    if not own:
        if isinstance(value, ast.Subscript) and ast.unparse(value.value) == "Literal":
            value = value.slice
        elif (
            isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords
        ):
            if ast.unparse(value.func) in _FROM_TEXT:
                value = value.args[0]
        elif isinstance(value, ast.Name) and value.id == "UNSET":
            return True
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        return False
    return True


_FROM_TEXT = {"UUID", "datetime.datetime.fromisoformat", "datetime.date.fromisoformat"}


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if _IMPORTS.get(alias.name) != set() or alias.asname:
                yield node.lineno, f"imports {alias.name}"
    elif not node.level:
        wanted = {alias.name for alias in node.names}
        if not wanted <= _IMPORTS.get(node.module or "", set()):
            yield node.lineno, f"imports {sorted(wanted)} from {node.module}"


def _inside(top: ast.stmt) -> Iterator[tuple[int, str]]:
    known = {n.name for n in ast.walk(top) if isinstance(n, ast.FunctionDef)}
    for node in ast.walk(top):
        line = getattr(node, "lineno", 0)
        if type(node).__name__ not in _NODES:
            yield line, f"a {type(node).__name__}"
        elif isinstance(node, ast.Call) and not _may_call(node.func, known):
            yield line, f"calls {ast.unparse(node.func)[:80]}"
        elif isinstance(node, ast.Import | ast.ImportFrom) and node is not top:
            yield from _imported(node)
        elif isinstance(node, ast.Name | ast.Attribute) and _is_hidden(node):
            yield line, f"uses {ast.unparse(node)[:80]}"
        elif isinstance(node, ast.FormattedValue) and not isinstance(
            node.value, ast.Name
        ):
            yield line, "an expression in an f-string"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                if ast.unparse(decorator) not in _DECORATORS:
                    yield line, f"the decorator {ast.unparse(decorator)[:80]}"


def _may_call(called: ast.expr, known: set[str]) -> bool:
    if isinstance(called, ast.Name):
        return (
            called.id in _CALLS or called.id in known or called.id.startswith("check_")
        )
    return isinstance(called, ast.Attribute) and (
        called.attr in _METHODS
        or _is_new(called)
        or ast.unparse(called) == "_types.shown"
    )


def _is_hidden(node: ast.Name | ast.Attribute) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr
    return name.startswith("__") and name not in _HIDDEN and not _is_new(node)


def _is_new(node: ast.expr) -> bool:
    """Whether it is `cls.__new__`, with which a model is read field by field."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "__new__"
        and isinstance(node.value, ast.Name)
        and node.value.id == "cls"
    )

"""The contents of the pages, in order: the README, the clients, the models by their use, the operations."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterable
from types import ModuleType

import enkrypt_api_client as package
from enkrypt_api_client import api, models
from scripts.common import files, project
from scripts.generator.configuration import facade_methods

PACKAGE = package.__name__
# What users import from. A package that has no `__all__` brings along all that is below it: every operation.
MODULES = ("", ".models", ".typed_dicts", ".api", ".types", ".client")
ABOUT_MODELS = """The objects that requests and answers are made of.

Constructors take fields by name. A field that is optional is `UNSET` where it is not given. Most models keep fields that the document
does not describe in `additional_properties`. Every model has

- `to_dict()`, which returns its JSON form, and `to_json(indent=None)`, which returns that as text;
- the class method `from_dict(mapping)`, which reads the JSON form.
"""
ABOUT_OPERATIONS = """Every operation of the document, a module for each: `client.call(module, ...)` calls it.

"""
# Arguments of the clients whose types fill lines, or are private. The docstring describes them.
_SHORT_TYPES = {
    "EnkryptClient": {
        "api_key": "str | tuple[str, str] | Mapping | Callable | None",
        "http_client": "httpx.Client | None",
    },
    "AsyncEnkryptClient": {
        "api_key": "str | tuple[str, str] | Mapping | Callable | None",
        "http_client": "httpx.AsyncClient | None",
    },
}
_EXAMPLE = re.compile(r"^[ \t]*Example:\s+(\{.*\})", re.DOTALL | re.MULTILINE)


def arrange() -> None:
    """Change the package in this process so that pdoc shows it well: order, groups, the README, what clients inherit."""
    _show_readme()
    _show_clients()
    _show_models()
    _show_operations()


def _show_readme() -> None:
    text = files.read_text(project.ROOT / "README.md")
    text = re.sub(r"<!--.*?-->\n", "", text)
    _title, _blank, text = text.partition("\n## ")
    # Links to files of the repository lead nowhere from here.
    text = re.sub(r"\[([^\]]+)\]\((?!https://)[^)]+\)", r"\1", text)
    about = (package.__doc__ or "").partition("\n")[0]
    others = ", ".join(f"`{PACKAGE}{name}`" for name in MODULES[1:])
    package.__doc__ = f"{about} See also {others}.\n\n## {text}\n\n## Names\n"


def _show_clients() -> None:
    """Put the clients first, each with what it inherits from a private class."""
    clients = (package.EnkryptClient, package.AsyncEnkryptClient)
    first = [client.__name__ for client in clients]
    later = [name for name in package.__all__ if name not in first]
    package.__all__[:] = [*first, *later]
    for client in clients:
        for base in client.__mro__[1:-1]:
            for name, member in vars(base).items():
                if not name.startswith("_") and name not in vars(client):
                    setattr(client, name, member)
        client.__init__.__annotations__.update(_SHORT_TYPES[client.__name__])


def _show_models() -> None:
    groups = grouped()
    models.__all__[:] = [name for names in groups.values() for name in names]
    sections = ""
    for title, names in groups.items():
        sections += f"\n# {title}\n\n{', '.join(f'`{name}`' for name in names)}\n"
    models.__doc__ = ABOUT_MODELS + sections
    for name in models.__all__:
        model = getattr(models, name)
        if inspect.isclass(model):
            # Its attributes are described one by one below.
            text = re.sub(
                r"(?s)(\A|\n) *Attributes:\n.*?(?=\n *\n|\Z)", "", model.__doc__ or ""
            )
            model.__doc__ = _EXAMPLE.sub(_example_in_lines, text)


def _example_in_lines(match: re.Match[str]) -> str:
    """Return Markdown that shows an example as JSON. A docstring holds it as one Python value, wrapped at its blanks."""
    text = re.sub(r"\s*\n\s*", " ", match[1])
    try:
        value: object = ast.literal_eval(text)
        lines = json.dumps(value, indent=2, ensure_ascii=False)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        # A description may hold what is no Python value, or one that is no JSON, such as a set.
        return f"Example: `{text}`"
    return f"###### Example:\n\n```json\n{lines}\n```\n"


def _show_operations() -> None:
    """Give the pages of `api` and of its tags a list of their operations, and those of operations the method of the clients."""
    operations = operation_modules()
    methods = {
        method.operation: method.name
        for method in facade_methods(project.ROOT / "generator-config.yaml")
    }
    for module in operations:
        operation = module.__name__.rpartition(".")[2]
        if operation in methods and module.__doc__:
            module.__doc__ = module.__doc__.replace(
                "Call it with ", f"Call it with `client.{methods[operation]}(...)`, or "
            )
    api.__doc__ = ABOUT_OPERATIONS + _listed(operations)
    for tag in {module.__package__ for module in operations}:
        if tag is not None:
            below = [module for module in operations if module.__package__ == tag]
            importlib.import_module(tag).__doc__ = ABOUT_OPERATIONS + _listed(below)


def _listed(operations: Iterable[ModuleType]) -> str:
    """Return a Markdown list of operations, each with the first line of its docstring."""
    lines = []
    for module in operations:
        summary = ""
        function = getattr(module, "sync_detailed", None)
        if function is not None:
            summary = inspect.getdoc(function) or ""
        summary = summary.partition("\n")[0].strip()
        lines.append(
            f"* `{module.__name__}`: {summary}" if summary else f"* `{module.__name__}`"
        )
    return "\n".join(lines)


def operation_modules() -> list[ModuleType]:
    """Return the modules of all operations; first those that the clients have a method for, in the order of the methods."""
    names = [
        module.name
        for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        if not module.ispkg
    ]
    methods = list(vars(package.EnkryptClient))

    def position(name: str) -> int:
        function = name.rpartition(".")[2]
        return methods.index(function) if function in methods else len(methods)

    names.sort(key=position)
    return [importlib.import_module(name) for name in names]


def grouped() -> dict[str, list[str]]:
    """Return the names of all models by group, in the order in which operations name them; a model stands before those of its fields."""
    sent_types: list[object] = []
    received_types: list[object] = []
    for module in operation_modules():
        function = getattr(module, "sync", None)
        if function is not None:
            sent_types.append(function.__annotations__.get("body"))
            received_types.append(function.__annotations__.get("return"))
    values = [n for n in models.__all__ if not inspect.isclass(getattr(models, n))]
    sent = reached(sent_types)
    received = [name for name in reached(received_types) if name not in sent]
    reached_names = {*sent, *received, *values}
    unreached = [name for name in models.__all__ if name not in reached_names]
    return {
        "What you send": [*sent, *unreached],
        "What you receive": received,
        "Values": values,
    }


def reached(annotations: Iterable[object]) -> list[str]:
    """Return the models that these annotations name, each with those that its fields name behind it."""
    names: list[str] = []
    for annotation in annotations:
        unread = [annotation]
        while unread:
            for name in re.findall(r"\w+", str(unread.pop(0))):
                model = getattr(models, name, None)
                if inspect.isclass(model) and name not in names:
                    names.append(name)
                    unread += model.__annotations__.values()
    return names

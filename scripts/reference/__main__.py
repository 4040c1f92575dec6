"""Write the reference from docstrings: static pages on the clients, errors, models and operations.

    python -m scripts.reference [--output site]

Exit codes: 0 written; 2 a module can't be imported.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pdoc
import pdoc.render
import pdoc.render_helpers
from jinja2 import pass_context
from markupsafe import Markup

import enkrypt_api_client as package
from enkrypt_api_client import api, models
from scripts.common import project, replace
from scripts.common.command import parser_of
from scripts.common.errors import FileError
from scripts.common.printer import Printer

PACKAGE = package.__name__
# What users import from. A package that has no `__all__` brings along all that is below it: every operation.
MODULES = ["", ".models", ".api", ".types", ".client"]
ABOUT_MODELS = """The objects that requests and answers are made of.

Constructors take fields by name. A field that is optional is `UNSET` where it is not given. Every model has `to_dict()` and the class
method `from_dict(mapping)` for its JSON form; most keep fields that the document does not describe in `additional_properties`.
"""
linkify = pdoc.render.env.filters["linkify"]


def grouped() -> dict[str, list[str]]:
    """The names of all models by group; in each, what the methods of the clients name, then what it is made of."""
    modules = [m.name for m in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")]
    modules.sort(key=lambda name: name.split(".")[-1] not in dir(package.EnkryptClient))
    calls = [importlib.import_module(name) for name in modules]
    types = [call.sync.__annotations__ for call in calls if hasattr(call, "sync")]
    values = [n for n in models.__all__ if not inspect.isclass(getattr(models, n))]
    sent, received = (
        [*dict.fromkeys(name for of in types for name in reached([of.get(key)]))]
        for key in ("body", "return")
    )
    received = [name for name in received if name not in sent]
    sent += [n for n in models.__all__ if n not in {*sent, *received, *values}]
    return {"What you send": sent, "What you receive": received, "Values": values}


def reached(annotations: list[Any]) -> list[str]:
    """The models that these annotations name, and those that their fields name."""
    found: list[str] = []
    for annotation in annotations:  # grows while it is read
        for name in re.findall(r"\w+", str(annotation)):
            model = getattr(models, name, None)
            if inspect.isclass(model) and name not in found:
                found.append(name)
                annotations += model.__annotations__.values()
    return found


def arrange() -> None:
    """Put first what people look for first, and show with each client what it inherits from a private class."""
    clients = package.EnkryptClient, package.AsyncEnkryptClient
    first = [client.__name__ for client in clients]
    package.__all__[:] = [*first, *(n for n in package.__all__ if n not in first)]
    for client in clients:
        for base in client.__mro__[1:-1]:
            for name, member in vars(base).items():
                if not name.startswith("_") and name not in vars(client):
                    setattr(client, name, member)
    readme = (project.ROOT / "README.md").read_text("utf-8")
    start = readme.partition("## Install")[2].partition("## Worker")[0]
    about = (package.__doc__ or "").partition("\n")[0]
    more = " See also " + ", ".join(f"`{PACKAGE}{name}`" for name in MODULES[1:])
    package.__doc__ = f"{about}{more}.\n\n# Getting started\n\n## Install{start}# Names"
    groups = grouped()
    models.__all__[:] = [name for names in groups.values() for name in names]
    models.__doc__ = ABOUT_MODELS + "".join(
        f"\n# {title}\n\n{', '.join(f'`{name}`' for name in names)}\n"
        for title, names in groups.items()
    )
    for name in models.__all__:
        model = getattr(models, name)
        if inspect.isclass(model):  # its attributes are described one by one below
            words = re.sub(r"(?s)(\A|\n) *Attributes:\n.*?(?=\n *\n|\Z)", "", model.__doc__ or "")  # fmt: skip
            model.__doc__ = re.sub(r"(?s)(Example:)\s+(\{.*\})", r"\1 `\2`", words)


def readable(annotation: str) -> str:
    """A type in words: enums by name, `str, optional` for `str | Unset`."""
    text, unset = annotation.replace("typing.", ""), rf"{PACKAGE}\.types\.Unset"
    for name in models.__all__:
        values = str(getattr(models, name)).removeprefix("typing.")
        text = text.replace(values, f"{models.__name__}.{name}")
    text = re.sub(rf"^: Union\[(.*), {unset}\]$", r": \1, optional", text)
    return re.sub(rf"^(.*) \| {unset}$", r"\1, optional", text)


@pass_context
def short_links(context: Any, code: str, namespace: str = "", shorten: bool = True) -> Markup:  # fmt: skip
    """As pdoc links names; in signatures, the text of a link is the last part of the name."""
    code = code.replace('typing</span><span class="o">.</span><span class="n">', "")
    text = str(linkify(context, code, namespace, shorten))
    return Markup(re.sub(r"(?<=>)[\w.]+\.(\w+</a>)", r"\1", text) if shorten else text)  # noqa: S704  # it is pdoc's


def write(output: Path) -> None:
    """Write the pages into a folder, in place of what was there."""
    arrange()
    pdoc.render.configure(
        docformat="google",
        footer_text=f"{PACKAGE} {package.__version__}",
        show_source=False,
        template_directory=Path(__file__).parent,
    )
    dark = type(pdoc.render_helpers.formatter)(style="github-dark")
    pdoc.render.env.globals["dark_code"] = dark.get_style_defs(".pdoc-code")
    pdoc.render.env.filters.update(linkify=short_links, readable=readable)
    pdoc.doc_pyi.find_stub_file = lambda name: None  # type: ignore[assignment]  # stubs are for type checkers
    replace.refuse_links(output)
    shutil.rmtree(output, ignore_errors=True)
    pdoc.pdoc(*(PACKAGE + name for name in MODULES), output_directory=output)


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("reference", __doc__)
    parser.add_argument("--output", type=Path, default=project.ROOT / "site")
    options = parser.parse_args(arguments)
    printer = Printer("reference")
    try:
        write(options.output)
    except (RuntimeError, FileError) as error:
        printer.fail(error)
        return 2
    printer.tell(str(options.output / "index.html"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

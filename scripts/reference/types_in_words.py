"""Types in words, and public base classes."""

from __future__ import annotations

import re

import pdoc.doc
import pdoc.render
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

import enkrypt_api_client as package
from enkrypt_api_client import models

PACKAGE = package.__name__
_UNSET = rf"{PACKAGE}\.types\.Unset"
_linkify = pdoc.render.env.filters["linkify"]


def in_words(annotation: str) -> str:
    """Return a type as people say it: enumerations by name, `str, optional` for `str | Unset`."""
    text = annotation.replace("typing.", "")
    for name in models.__all__:
        values = str(getattr(models, name)).removeprefix("typing.")
        text = text.replace(values, f"{models.__name__}.{name}")
    text = re.sub(rf"^: Union\[(.*), {_UNSET}\]$", r": \1, optional", text)
    return re.sub(rf"^(.*) \| {_UNSET}$", r"\1, optional", text)


@pass_context
def short_links(
    context: Context, code: str, namespace: str = "", shorten: bool = True
) -> Markup:
    """Link names as pdoc does; in signatures, the text of a link is the last part of the name."""
    code = code.replace('typing</span><span class="o">.</span><span class="n">', "")
    html = str(_linkify(context, code, namespace, shorten))
    if shorten:
        html = re.sub(r"(?<=>)[\w.]+\.(\w+</a>)", r"\1", html)
    return Markup(html)  # noqa: S704  # it is pdoc's


def public_bases(described: pdoc.doc.Class) -> list[tuple[str, str]]:
    """Return module and name of the base classes that people know: those of a private base in its place."""
    bases = [base for base in described.obj.__bases__ if base is not object]
    public: list[type] = []
    while bases:
        base = bases.pop(0)
        private = base.__name__.startswith("_") or "._" in base.__module__
        if private:
            bases = [b for b in base.__bases__ if b is not object] + bases
        elif base.__module__.startswith(PACKAGE) or base.__module__ == "builtins":
            public.append(base)
    return [(_home(base), base.__name__) for base in public]


def _home(kind: type) -> str:
    """The module whose page shows a class."""
    if kind.__name__ in package.__all__:
        return PACKAGE
    return kind.__module__

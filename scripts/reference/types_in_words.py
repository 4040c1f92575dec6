"""What pages show for a type: its name in words, links to it, and its public base classes."""

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
# What pdoc takes for a name that is relative to the module, though it belongs to the word before: `.api` in `client=client.api`.
_AFTER_SIGN = re.compile(r"(?<=[/=?#&])(?=\w+\.)")
_RELATIVE = re.compile(r"(?<![\w.])\.(?=\w)")
_TAG = re.compile(r"(<[^>]*>)")
_MARK = "\N{WORD JOINER}"
_linkify = pdoc.render.env.filters["linkify"]


def in_words(annotation: str) -> str:
    """Return an annotation for readers: enumerations by name, and `str, optional` for `str | Unset`."""
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
    """Link names as pdoc does; in signatures, the text of a link is the last part of the name, in docstrings what is written there."""
    code = code.replace('typing</span><span class="o">.</span><span class="n">', "")
    if not shorten:
        code = _without_relative_names(code)
    html = str(_linkify(context, code, namespace, shorten))
    if shorten:
        html = re.sub(r"(?<=>)[\w.]+\.(\w+</a>)", r"\1", html)
    html = html.replace(_MARK, "")
    return Markup(html)  # noqa: S704  # it is pdoc's


def _without_relative_names(page: str) -> str:
    """Return HTML with a mark wherever pdoc would put the name of the package before a dot."""
    pieces = _TAG.split(page)
    for position in range(0, len(pieces), 2):  # tags are at the odd positions
        text = _AFTER_SIGN.sub(_MARK, pieces[position])
        pieces[position] = _RELATIVE.sub(f".{_MARK}", text)
    return "".join(pieces)


def public_bases(described: pdoc.doc.Class) -> list[tuple[str, str]]:
    """Return module and name of the public base classes. A private one is replaced by its own bases."""
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
    """Return the module whose page shows a class."""
    if kind.__name__ in package.__all__:
        return PACKAGE
    return kind.__module__

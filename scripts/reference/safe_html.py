"""Markdown to HTML in which nothing is live: docstrings of generated code hold text of a document that is not trusted.

HTML is shown as text, links lead to http and https alone, images are left out. A link that is relative to the vendor's site, such as
`/docs/guides/safety`, is resolved against it; every other relative link is shown as text, since it leads nowhere from here.
"""

from __future__ import annotations

import html
import tomllib
from urllib.parse import urljoin

import markdown2
import nh3
import pdoc.docstrings
import pdoc.render_helpers

from scripts.common import files, limits, project
from scripts.common.errors import FileError, LimitError

# The limit of processor time for one text.
SECONDS = 5.0

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class"},
    "span": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}


class _Html(str):
    """HTML with the table of contents that pdoc shows beside it."""

    toc_html: str | None


def vendor_site() -> str:
    """Return the address of the vendor's documentation, from pyproject.toml. Raises FileError."""
    text = files.read_text(project.ROOT / "pyproject.toml")
    try:
        settings = tomllib.loads(text)
        return str(settings["project"]["urls"]["API documentation"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        raise FileError(
            'pyproject.toml: the URL "API documentation" below [project.urls] cannot be read; take the file from git again'
        ) from None


def clean(page: str) -> str:
    """Return HTML without anything that is live."""
    site = vendor_site()

    def resolve(link: str) -> str | None:
        if link.startswith("#"):
            return link
        if link.startswith("/") and not link.startswith("//"):
            return urljoin(site, link)
        return None

    return nh3.clean(
        page,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        url_relative=resolve,
    )


def to_html(text: str, **options: object) -> _Html:
    """Return the HTML of a text in Markdown; of one that takes too long or is nested too deep, the text. Takes the options of markdown2."""
    try:
        with limits.limited(SECONDS):
            rendered = markdown2.markdown(text, safe_mode="escape", **options)
    except LimitError:
        # Quotes in quotes, deeper than anybody writes by hand; or brackets that never close, which markdown2 reads again and again.
        result = _Html(f"<pre>{html.escape(text)}</pre>")
        result.toc_html = None
        return result
    result = _Html(clean(rendered))
    result.toc_html = None
    if rendered.toc_html:
        result.toc_html = clean(rendered.toc_html)
    return result


class _SafeMarkdown:
    """Stands in for the module markdown2 where pdoc uses it."""

    markdown = staticmethod(to_html)


def install() -> None:
    """Have pdoc render all docstrings, and its search index, this way."""
    pdoc.render_helpers.markdown2 = _SafeMarkdown  # type: ignore[attr-defined]
    # These two put the content of local files, which a docstring names, into the page.
    pdoc.docstrings.rst = lambda contents, source_file: contents
    pdoc.docstrings.embed_images = lambda docstring, source_file: docstring

"""Write the reference from docstrings: static pages on the clients, errors, models and operations.

    python -m scripts.reference [--output site]

Exit codes: 0 written; 2 a module can't be imported, or all descriptions together take too long to be read as Markdown: why on stderr, and
the folder is as it was.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pdoc
import pdoc.render
import pdoc.render_helpers

import enkrypt_api_client as package
from scripts.common import child_process, limits, project, replace
from scripts.common.command import parser_of
from scripts.common.errors import CommandError
from scripts.common.printer import Printer
from scripts.reference import contents, safe_html, types_in_words

# What is added to the search of pdoc.
SEARCH_ORDER = Path(__file__).parent / "search_order.js"
# The limit of processor time for all pages, which take 2 s.
SECONDS = 120


def write(output: Path) -> None:
    """Write the pages into a folder, in place of what was there, or leave it alone. Changes the package in this process.

    Raises:
        DocumentError, GenerationError: generator-config.yaml can't be read.
        FileError: The folder is or holds a symbolic link, or README.md or pyproject.toml can't be read.
        LimitError: The texts of the document take too long.
        RuntimeError: A module can't be imported.
    """
    replace.refuse_links(output)
    contents.arrange()
    safe_html.install()
    pdoc.render.configure(
        docformat="google",
        footer_text=f"{contents.PACKAGE} {package.__version__}",
        show_source=False,
        template_directory=Path(__file__).parent,
    )
    dark = type(pdoc.render_helpers.formatter)(style="github-dark")
    pdoc.render.env.globals["dark_code"] = dark.get_style_defs(".pdoc-code")
    pdoc.render.env.filters.update(
        in_words=types_in_words.in_words,
        linkify=types_in_words.short_links,
        public_bases=types_in_words.public_bases,
    )
    pdoc.doc_pyi.find_stub_file = lambda name: None  # type: ignore[assignment]  # stubs are for type checkers
    names = [contents.PACKAGE + name for name in contents.MODULES]
    output = output.absolute()
    with (
        replace.staging(output.parent) as folder,
        warnings.catch_warnings(),
        limits.limited(SECONDS),
    ):
        # pdoc cannot evaluate annotations that only type checkers read, and shows them as they are written.
        warnings.simplefilter("ignore")
        pages = folder / "pages"
        pdoc.pdoc(*names, output_directory=pages)
        with (pages / "search.js").open("a", encoding="utf-8") as search:
            search.write(SEARCH_ORDER.read_text("utf-8"))
        replace.swap(pages, output)


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("reference", __doc__)
    parser.add_argument("--output", type=Path, default=project.ROOT / "site",
        help="the folder that is replaced; site")  # fmt: skip
    options = parser.parse_args(arguments)
    printer = Printer("reference")
    try:
        write(options.output)
    except (CommandError, OSError, RuntimeError) as error:
        printer.fail(error)
        return 2
    except (ImportError, SyntaxError) as error:
        printer.warn(
            f"the package can't be imported: {error}; `make generate` writes the generated modules again"
        )
        return 2
    printer.tell(str(options.output / "index.html"))
    return 0


if __name__ == "__main__":
    child_process.supervise("reference")
    sys.exit(main())

"""Write the reference from docstrings: static pages on the clients, errors, models and operations.

    python -m scripts.reference [--output site]

Exit codes: 0 written; 2 a module can't be imported.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pdoc
import pdoc.render

import enkrypt_api_client
from scripts import tree

PACKAGE = enkrypt_api_client.__name__
# What users import from. A package that has no `__all__` brings along all that is below it: every operation.
MODULES = (
    PACKAGE,
    *(f"{PACKAGE}.{name}" for name in ("models", "api", "types", "client")),
)


def arrange() -> None:
    """Put first what people look for first, and what the clients share where they look for it."""
    clients = enkrypt_api_client.EnkryptClient, enkrypt_api_client.AsyncEnkryptClient
    first = [client.__name__ for client in clients]
    others = [name for name in enkrypt_api_client.__all__ if name not in first]
    enkrypt_api_client.__all__[:] = [*first, *others]
    for client in clients:
        for base in client.__mro__[1:-1]:
            for name, member in vars(base).items():
                if not name.startswith("_") and name not in vars(client):
                    setattr(client, name, member)


def write(output: Path) -> None:
    """Write the pages into a folder, in place of what was there."""
    arrange()
    pdoc.render.configure(
        docformat="google",
        footer_text=f"{PACKAGE} {enkrypt_api_client.__version__}",
        show_source=False,
        template_directory=Path(__file__).parent,
    )
    shutil.rmtree(output, ignore_errors=True)
    pdoc.pdoc(*MODULES, output_directory=output)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.reference",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--output", type=Path, default=tree.ROOT / "site")
    options = parser.parse_args(arguments)
    try:
        write(options.output)
    except RuntimeError as error:
        print(f"reference: {error}", file=sys.stderr)
        return 2
    print(f"reference: {options.output / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

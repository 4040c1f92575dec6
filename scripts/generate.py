"""Generate the client from openapi.yaml: into a staging folder, through the gates, then in one step into the package.

    python -m scripts.generate            make the package what openapi.yaml says
    python -m scripts.generate --check    say whether it is, and change nothing

Exit codes: 0 done, or nothing to say; 1 the committed tree is not what openapi.yaml generates (--check); 2 the document can't be
generated completely: what and where on stderr, and the old tree as it was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts import code_safety, gates, own_modules, safety, staging, tree
from scripts import document as oas
from scripts.document import DocumentError
from scripts.own_modules import GenerationError


def build(document_path: Path, config_path: Path, package: Path, folder: Path) -> Path:
    """A complete, gated package folder below `folder`, for the document; `package` gives its hand-written files.

    Raises:
        DocumentError: The document can't be read.
        GenerationError: It can't be generated completely.
    """
    document = oas.read(document_path)
    generated, whole = folder / "generated", folder / package.name
    with safety.limited():
        contract = gates.admit(document)
        text = document_path.read_bytes()
        staged = staging.stage(document, text, config_path, generated)
        reference = staging.stage_run_time(config_path, folder / "reference")
        own_modules.write(document, text, staged.operations, reference)
        code_safety.check(generated, reference)
        tree.assemble(package, generated, whole)
        gates.check(contract, whole, staging.overridden(config_path))
    return whole


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.generate",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--document", type=Path, default=tree.ROOT / "openapi.yaml")
    parser.add_argument(
        "--config", type=Path, default=tree.ROOT / "generator-config.yaml"
    )
    parser.add_argument("--package", type=Path, default=tree.PACKAGE)
    options = parser.parse_args(arguments)
    package: Path = options.package.resolve()
    try:
        with tree.staging(package.parent) as folder:
            whole = build(options.document, options.config, package, folder)
            if options.check:
                return _report(tree.differences(package, folder / "generated"))
            tree.swap(whole, package)
    except (DocumentError, GenerationError) as error:
        print(f"generate: {error}", file=sys.stderr)
        print("generate: nothing was changed", file=sys.stderr)
        return 2
    return 0


def _report(differences: list[str]) -> int:
    for line in differences:
        print(f"generate: {line}", file=sys.stderr)
    if differences:
        print(
            "generate: generated files are never edited; run `make generate` and commit what it writes",
            file=sys.stderr,
        )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

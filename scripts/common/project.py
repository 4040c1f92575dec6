"""The paths of the project, and which files of the package are generated or written by hand."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "enkrypt_api_client"

# Files and folders, directly in the package.
GENERATED = (
    "_document.py",
    "_operations",
    "api",
    "client.py",
    "errors.py",
    "models",
    "typed_dicts.py",
)
HAND_WRITTEN = (
    "__init__.py",
    "__init__.pyi",
    "__main__.py",
    "_runtime",
    "exceptions.py",
    "facade.py",
    "py.typed",
    "types.py",
)
# Of these, what generated code imports.
IMPORTED_BY_GENERATED = (
    "types.py",
    "_runtime/__init__.py",
    "_runtime/api_answers.py",
    "_runtime/deprecation.py",
    "_runtime/escapes.py",
    "_runtime/faults.py",
    "_runtime/forms.py",
    "_runtime/frames.py",
    "_runtime/importing.py",
    "_runtime/model_base.py",
    "_runtime/operation.py",
    "_runtime/paging.py",
    "_runtime/redact.py",
    "_runtime/styles.py",
    "_runtime/text_search.py",
    "_runtime/values.py",
)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but caches, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }

"""Which files of the package are generated, and how a new tree takes the place of the old one."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "enkrypt_api_client"

GENERATED = (
    "_document.py",
    "_operations",
    "api",
    "client.py",
    "errors.py",
    "models",
)
HAND_WRITTEN = (
    "__init__.py",
    "__init__.pyi",
    "__main__.py",
    "_async.py",
    "_codec.py",
    "_exchange.py",
    "_httpx.py",
    "_policy.py",
    "_settings.py",
    "_sync.py",
    "exceptions.py",
    "facade.py",
    "py.typed",
    "types.py",
)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but caches, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }

"""Programs that find imports without running them, as those do that freeze a program, find every module of the package."""

from __future__ import annotations

import modulefinder
import re
from pathlib import Path

import pytest

from scripts.common import project

PROGRAM = """
from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from tests.required import modify_model
from enkrypt_api_client.models import ModelRequestObject
"""
OPERATION = re.compile(r"\.(api|_operations)\.")
# What this program does not need: users name these themselves; operations with forms or marked as deprecated name the others.
NOT_NEEDED = {
    "enkrypt_api_client.__main__",
    "enkrypt_api_client._runtime.deprecation",
    "enkrypt_api_client._runtime.doctor",
    "enkrypt_api_client._runtime.forms",
    "enkrypt_api_client.typed_dicts",
    "enkrypt_api_client.types",
}


def package_modules() -> set[str]:
    names = set()
    for path in project.PACKAGE.rglob("*.py"):
        parts = path.relative_to(project.ROOT).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        names.add(".".join(parts))
    return names


def test_every_module_is_found_without_running_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    # The finder must look at nothing beside the package.
    monkeypatch.syspath_prepend(str(project.ROOT))
    finder = modulefinder.ModuleFinder(path=[str(project.ROOT)])

    finder.run_script(str(program))

    missing = package_modules() - finder.modules.keys() - NOT_NEEDED
    # Nor the modules of operations that it does not name.
    assert [name for name in missing if not OPERATION.search(name)] == []

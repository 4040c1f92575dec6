"""What is counted against: the plain client that the generator makes of the same document, made once for all these tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import release
from scripts.bench import documents
from tests.conftest import ROOT

Load = Callable[..., set[str]]


def of(loaded: set[str], package: str) -> set[str]:
    """The modules of a package, itself included."""
    return {m for m in loaded if m == package or m.startswith(package + ".")}


@pytest.fixture(scope="session")
def plain_folder(document: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package `plain_client`."""
    folder = tmp_path_factory.mktemp("plain")
    release.run(*documents.plain_command(document, folder), failure="generator")
    return folder


@pytest.fixture(scope="session")
def load() -> Load:
    """A function that runs a statement in a process of its own and says which modules it loaded."""

    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def loaded(statement: str, *folders: Path) -> set[str]:
        program = f"import sys, json; bare = set(sys.modules)\n{statement}\nprint(json.dumps([*(set(sys.modules) - bare)]))"
        path = os.pathsep.join(map(str, (*folders, ROOT)))
        done = subprocess.run(
            [sys.executable, "-P", "-c", program],
            env={**kept, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        )
        return set(json.loads(done.stdout))

    return loaded

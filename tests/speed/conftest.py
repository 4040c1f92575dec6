"""What is counted against: the plain client that the generator makes of the same document, made once for all these tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scripts.bench import documents
from tests.conftest import ROOT


class Loaded(NamedTuple):
    """Modules that a statement loads into a bare interpreter."""

    modules: frozenset[str]

    def of(self, package: str) -> set[str]:
        """Those of a package, itself included."""
        return {m for m in self.modules if m == package or m.startswith(package + ".")}


@pytest.fixture(scope="session")
def plain_folder(document: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package `plain_client`."""
    folder = tmp_path_factory.mktemp("plain")
    documents.plain_client(document, folder)
    return folder


@pytest.fixture(scope="session")
def load(plain_folder: Path) -> Callable[..., Loaded]:
    """A function that runs a statement in a process of its own and says what it loaded."""

    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def loaded(statement: str, folder: Path = ROOT) -> Loaded:
        program = f"import sys, json; bare = set(sys.modules)\n{statement}\nprint(json.dumps(sorted(set(sys.modules) - bare)))"
        done = subprocess.run(
            [sys.executable, "-P", "-c", program],
            env={
                **kept,
                "PYTHONPATH": os.pathsep.join([f"{folder}", f"{plain_folder}"]),
            },
            capture_output=True,
            check=True,
        )
        return Loaded(frozenset(json.loads(done.stdout)))

    return loaded

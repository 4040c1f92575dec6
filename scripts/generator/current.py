"""The contract that the client is generated from: openapi.yaml, with the settings of generator-config.yaml."""

from __future__ import annotations

from pathlib import Path

from scripts.contract.model import Contract, Json
from scripts.contract.reading.contract import read
from scripts.generator.configuration import configuration
from scripts.intake import document as oas


def current_contract(root: Path, document: Json = None) -> Contract:
    """Read openapi.yaml of a project, or another document with the project's settings.

    Raises:
        DocumentError, GenerationError: The document or the configuration can't be read.
    """
    configured = configuration(root / "generator-config.yaml")
    if document is None:
        document = oas.read(root / "openapi.yaml")
    return read(
        document,
        configured.overrides,
        configured.leave_out,
        configured.nested_values,
        configured.leave_out_parts,
    )

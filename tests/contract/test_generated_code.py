"""The other side: a package that was tampered with, or made from another document, does not pass the gate."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas
from scripts import gates, mutants, mutations, staging, tree
from scripts.contract.model import Contract
from scripts.own_modules import GenerationError
from tests.conftest import ROOT
from tests.contract.documents import build
from tests.contract.tampering import Tampered, variants

EVERY = 29  # a prime, so that the sample meets all kinds

# What changes nothing that a caller can see.
HARMLESS = {
    "ImportFrom deleted in module": "annotations are text where `from __future__` stands, and are read by type checkers alone",
    "Import deleted in module": "the same",
    "AnnAssign deleted in to_dict": "`_value: Any` is for type checkers",
    "constant changed in": "`kw_only` of a class without fields in its constructor",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tampered") / tree.PACKAGE.name
    shutil.copytree(tree.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def contract() -> Contract:
    return gates.admit(oas.read(ROOT / "openapi.yaml"))


OVERRIDES = staging.overridden(ROOT / "generator-config.yaml")


def sample() -> list[tuple[str, Tampered]]:
    folders = (tree.PACKAGE / "models", tree.PACKAGE / "api")
    paths = [p for folder in folders for p in sorted(folder.rglob("*.py"))]
    found = [
        (path.relative_to(tree.PACKAGE).as_posix(), variant)
        for path in paths
        for variant in variants(path.read_text("utf-8"))
    ]
    return found[::EVERY]


def is_harmless(kind: str, text: str) -> bool:
    if kind.startswith("constant changed in") and "kw_only=False" not in text:
        return False
    return any(kind.startswith(known) for known in HARMLESS)


@pytest.mark.parametrize(
    ("name", "variant"),
    sample(),
    ids=lambda v: f"{v.kind}, line {v.line}" if isinstance(v, Tampered) else v,
)
def test_tampered_code_is_caught_or_changes_nothing(
    package: Path, name: str, variant: Tampered
) -> None:
    path = package / name
    honest = path.read_text("utf-8")
    path.write_text(variant.text, "utf-8")
    try:
        gates.check(contract(), package, OVERRIDES)
    except GenerationError:
        return
    finally:
        path.write_text(honest, "utf-8")
    assert is_harmless(variant.kind, variant.text), variant.kind


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("models/tool.py", '_rest_.pop("name"', '_rest_.pop("names"', "Tool.name"),
        ("models/tool.py", 'field_dict["name"]', 'field_dict["names"]', "Tool"),
        ("models/tool.py", "    name: str\n", "    name: str | None\n", "Tool.name"),
        ("models/model_provider.py", '"openai",', "", "openai"),
        ("models/endpoint.py", "    port: int\n", "    port: float\n", "endpoint.port"),
        ("api/endpoints/modify_model.py", '"patch"', '"post"', "PATCH /models/modify-model"),
        ("api/endpoints/modify_model.py", 'headers["X-Enkrypt-Model"]', 'headers["X-Model"]', "X-Enkrypt-Model"),
        ("api/endpoints/modify_model.py", "status_code == 200", "status_code == 201", "response 200"),
        ("_document.py", "https://api.enkryptai.com", "https://other.example", "server"),
        ("_document.py", '"apikey"', '"key"', "authentication"),
    ],
)  # fmt: skip
def test_a_difference_between_code_and_document_is_named(
    package: Path, name: str, old: str, new: str, said: str
) -> None:
    path = package / name
    honest = path.read_text("utf-8")
    assert old in honest
    path.write_text(honest.replace(old, new), "utf-8")
    try:
        with pytest.raises(GenerationError) as caught:
            gates.check(contract(), package, OVERRIDES)
    finally:
        path.write_text(honest, "utf-8")
    assert said in str(caught.value)


def test_every_kind_of_mutant_is_seen_named_and_classed(document: Any) -> None:
    everything = list(mutations.derive(document))
    one_of_each = list({mutant.kind: mutant for mutant in everything}.values())
    judged = mutants.judge(document, one_of_each + everything[::7])
    assert len(judged) > 70
    assert [fault for kind in judged.values() for each in kind for fault in each] == []


def test_the_package_passes_for_no_other_document(document: Any) -> None:
    assert mutants.unseen_by_gate(list(mutations.derive(document))[::11]) == []


RICH = Path(__file__).parent.parent / "data" / "rich.yaml"


def test_a_document_with_everything_that_code_can_express_is_kept_whole(
    tmp_path: Path,
) -> None:
    text = RICH.read_text("utf-8")
    package = build(text, tmp_path)
    gates.check(gates.admit(oas.parse(text)), package, {})


def test_mutants_of_that_document_are_judged_right_too() -> None:
    rich = oas.read(RICH)
    judged = mutants.judge(rich, list(mutations.derive(rich))[::5])
    assert [fault for kind in judged.values() for each in kind for fault in each] == []

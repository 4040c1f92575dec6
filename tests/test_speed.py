"""Importing, decoding, encoding and calling do no more than they must. Modules and calls are counted, not milliseconds."""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

import enkrypt_api_client
from enkrypt_api_client import EnkryptClient, models
from enkrypt_api_client.models import ModelRequestObject, Paths, Tool
from scripts.bench import inputs
from scripts.common import project
from scripts.generator import build
from scripts.publishing import tools
from tests.conftest import ROOT
from tests.generator.packages import generated, part

OURS = "enkrypt_api_client"
CLIENT = f"from {OURS} import EnkryptClient"


def load(statement: str, *folders: Path) -> set[str]:
    """The modules that a statement loads in a process of its own."""
    program = f"import sys, json; bare = set(sys.modules)\n{statement}\nprint(json.dumps([*(set(sys.modules) - bare)]))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": os.pathsep.join(map(str, (*folders, ROOT)))},
        capture_output=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def of(loaded: set[str], package: str) -> set[str]:
    """The names of a package's modules, below it."""
    names = {m.removeprefix(f"{package}.") for m in loaded if m.startswith(package)}
    return names - {package}


@pytest.mark.parametrize(
    ("statement", "wanted", "heavy"),
    [
        (f"import {OURS}", set(), {"attr", "typing"}),
        (
            f"from {OURS} import __version__, _document",
            {"_document", "_runtime", "_runtime.version"},
            {"typing"},
        ),
        (
            CLIENT,
            {
                "_document",
                "_runtime",
                "_runtime.frames",
                "_runtime.settings",
                "exceptions",
                "facade",
            },
            {"typing"},
        ),
        (
            f"from {OURS}.models import ModelConfig",
            {"models", "models.model_config", "types"}
            | {"_runtime", "_runtime.importing"}
            | {"_runtime.model_base", "_runtime.values"},
            set(),
        ),
        (
            f"from {OURS}.api.endpoints import modify_model",
            {"api", "api.endpoints", "api.endpoints.modify_model"}
            | {"errors", "models", "types"}
            | {"_runtime", "_runtime.api_answers", "_runtime.frames"}
            | {"_runtime.importing", "_runtime.styles", "_runtime.values"},
            set(),
        ),
    ],
)
def test_an_entry_point_loads_what_it_needs_and_nothing_heavy(
    statement: str, wanted: set[str], heavy: set[str]
) -> None:
    loaded = load(statement)
    # Once the vendor deprecates the operation, its module imports the mark for that.
    assert of(loaded, OURS) - {"_runtime.deprecation"} == wanted
    heavy |= {"httpx", "httpcore", "jsonschema_rs", "dateutil", "asyncio"}
    assert not loaded & heavy


def test_dateutil_is_loaded_by_the_first_date_that_needs_it() -> None:
    read = f"from {OURS}._runtime.values import read_datetime; read_datetime({{!r}})"
    assert "dateutil" not in load(read.format("2024-10-15T17:22:47+00:00"))
    assert "dateutil" in load(read.format("2024-10-15t17:22:47z"))


def test_what_is_loaded_does_not_grow(document: Any, tmp_path: Path) -> None:
    bigger = tmp_path / "openapi.json"
    bigger.write_text(json.dumps(inputs.grown(document, 60), default=str), "utf-8")
    build.build(bigger, tmp_path)
    synthetic = f"from {OURS}.api.synthetic import get_synthetic_0"
    one = f"{synthetic}; from {OURS}.models import Synthetic0; {CLIENT}"
    assert of(load(one, tmp_path), f"{OURS}.models") == {"synthetic_0"}


def calls(work: Callable[[], Any]) -> int:
    """How many functions, of Python and of C, some work calls, the second time that it is done."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()
    before = sys.getprofile()
    gc.disable()  # finalizers of others are not this work
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


def test_models_take_many_fewer_calls_than_those_of_the_plain_generated_client(
    saved_document: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, answer = inputs.exchange(saved_document)
    tools.run_module(
        *inputs.plain_command(saved_document, tmp_path), variables=inputs.WITH_RUFF
    )
    monkeypatch.syspath_prepend(tmp_path)
    plain = importlib.import_module("plain_client.models")

    def decoding(package: Any) -> int:
        return calls(lambda: package.ModifyModelResponseObject.from_dict(answer))

    def encoding(package: Any) -> int:
        return calls(package.ModelRequestObject.from_dict(body).to_dict)

    folder = tmp_path / "ours"
    folder.mkdir()
    with generated(saved_document, folder) as package:
        ours = part(package, "models")
        assert decoding(ours) <= 0.65 * decoding(plain)
        assert encoding(ours) <= 0.36 * encoding(plain)


def test_a_whole_call_takes_fewer_calls_than_httpx_by_hand(document: Any) -> None:
    body, answer = inputs.exchange(document)
    url = inputs.serve(answer)
    request = ModelRequestObject.from_dict(body)
    # A field that the vendor's example has and the document does not is looked for among those of other levels.
    request.additional_properties.clear()
    request.model_config.additional_properties.clear()
    body = request.to_dict()
    headers = {"apikey": "k", "X-Enkrypt-Model": "n", "X-Enkrypt-Model-Version": "v"}
    with EnkryptClient("k", base_url=url) as client, httpx.Client() as raw:

        def by_hand() -> Any:
            response = raw.patch(f"{url}/x", headers=headers, json=body)
            return response.raise_for_status().json()

        assert client.modify_model(request).message == by_hand()["message"]
        ours, theirs = calls(lambda: client.modify_model(request)), calls(by_hand)
    assert ours <= theirs, f"{ours} against {theirs}"


# What the fast ways keep of the slow ones: `from_dict` calls no constructor and attrs writes no `repr`, yet nobody can tell.


def test_a_subclass_reads_itself_by_its_own_constructor() -> None:
    @attrs.define(kw_only=True)
    class Noted(Tool):
        name: str = attrs.field(validator=attrs.validators.max_len(3))
        note: str = "none yet"

    tool = Noted.from_dict({"name": "n", "description": "d", "more": 1})
    assert isinstance(tool, Noted)
    assert (tool.name, tool.note) == ("n", "none yet")
    assert tool.additional_properties == {"more": 1}
    with pytest.raises(ValueError, match="<= 3"):
        Noted.from_dict({"name": "longer", "description": "d"})


def test_what_was_read_equals_what_was_constructed_and_its_repr_ends() -> None:
    paths = Paths(chat="/chat")
    assert Paths.from_dict({"chat": "/chat"}) == paths
    paths.chat = paths  # type: ignore[assignment]
    assert repr(paths).count("...") == 1


def test_the_index_of_models_names_what_type_checkers_are_told() -> None:
    stub = ast.parse((project.PACKAGE / "models" / "__init__.pyi").read_text("utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in imports for alias in node.names}
    names: dict[str, object] = {}
    exec("from enkrypt_api_client.models import *", names)
    assert {*models.__all__} == imported == names.keys() - {"__builtins__"}
    assert imported <= {*dir(models)}
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = models.Nothing  # type: ignore[attr-defined]


def test_type_checkers_are_told_what_a_star_import_brings() -> None:
    stub = ast.parse((project.PACKAGE / "__init__.pyi").read_text("utf-8"))
    (told,) = (
        ast.literal_eval(node.value)
        for node in stub.body
        if isinstance(node, ast.Assign)
    )
    assert sorted(told) == sorted(enkrypt_api_client.__all__)

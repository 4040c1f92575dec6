"""The corpus takes any document the whole way, and believes no package: what is wrong on the wire or when read is found out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import corpus
from scripts.conformance import workers
from tests.conftest import ROOT

LEFT_OUT = "GET /matrix/{id}"


def parameter(where: str, name: str, schema: Any, **more: Any) -> Any:
    return {"in": where, "name": name, "schema": schema, **more}


def answer(schema: Any, content_type: str = "application/json") -> Any:
    return {"description": "", "content": {content_type: {"schema": schema}}}


def body(schema: Any, content_type: str = "application/json") -> Any:
    return {"required": True, "content": {content_type: {"schema": schema}}}


PET: Any = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "born": {"type": "string", "format": "date-time"},
        "age": {"type": ["integer", "null"], "maximum": 99},
    },
}
FORM = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"$ref": "#/components/schemas/Pet/properties/name"}},
}
ID = parameter("path", "id", {"type": "string", "format": "uuid"}, required=True)
TAGS = parameter("query", "tags", {"type": "array", "items": {"type": "string"}})
SINCE = parameter("header", "X-Since", {"type": "string"})
PREFS = parameter("cookie", "prefs", FORM)
# HTTP has no header of this name.
TRACE = parameter("header", "My Trace", {"type": "string"})
CHANGED = {
    "parameters": [ID, TAGS, SINCE, PREFS],
    "requestBody": body({"$ref": "#/components/schemas/Pet"}),
    "responses": {
        "200": answer({"$ref": "#/components/schemas/Pet"}),
        "default": answer({"type": "object"}),
    },
}
DOCUMENT: Any = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://example.com"}],
    "security": [{"key": []}],
    "paths": {
        "/pets": {
            "post": {
                "operationId": "add",
                "requestBody": body(FORM, "application/x-www-form-urlencoded"),
                "responses": {"2XX": {"description": ""}},
            },
        },
        "/pets/{id}": {
            "patch": {**CHANGED, "operationId": "change"},
            "put": {**CHANGED, "operationId": "replace"},
        },
        "/pets/{id}/photo": {
            "get": {
                "operationId": "photo",
                "parameters": [ID, TRACE],
                "responses": {"200": answer({"type": "string"}, "image/png")},
            },
        },
        "/matrix/{id}": {
            "get": {
                "parameters": [{**ID, "style": "tabbed"}],
                "responses": {"204": {"description": ""}},
            },
        },
    },
    "components": {
        "schemas": {"Pet": PET},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "K"}},
    },
}


def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.corpus", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document as JSON, one in a fence of a page, what is none, and one below that must not be looked at."""
    made = tmp_path_factory.mktemp("documents")
    (made / "pets.json").write_text(json.dumps(DOCUMENT))
    small = {**DOCUMENT, "paths": {"/pets": DOCUMENT["paths"]["/pets"]}}
    (made / "page.md").write_text(f"# Add\n\n````json\n{json.dumps(small)}\n````\n")
    (made / "README.md").write_text("# No document\n")
    (made / "swagger.yaml").write_text("swagger: '2.0'\n")
    (made / "broken.json").write_text("{")
    (made / "below").mkdir()
    (made / "below" / "pets.json").write_text(json.dumps(DOCUMENT))
    return made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def done(folder: Path, kept: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "--json", "--keep", kept)


def test_a_folder_gives_each_of_its_own_documents_in_the_promised_form(
    done: subprocess.CompletedProcess[str],
) -> None:
    assert done.returncode == 0, done.stderr
    documents = json.loads(done.stdout)["documents"]
    found = {Path(each["document"]).name: each for each in documents}
    assert list(found) == ["broken.json", "page.md", "pets.json", "swagger.yaml"]
    pets = found["pets.json"]
    assert set(pets) == {
        "document",
        "operations",
        "verified",
        "wrong",
        "unverified",
        "reasons",
        "left_out",
        "left_out_parts",
        "refused",
        "seconds",
    }
    assert (pets["operations"], pets["refused"]) == (5, None)
    assert (pets["verified"], pets["wrong"], pets["unverified"]) == (4, 0, 0)
    assert pets["reasons"] == {}
    assert "tabbed" in pets["left_out"].pop(LEFT_OUT)
    assert pets["left_out"] == {}
    (part,) = pets["left_out_parts"]
    assert part == "GET /pets/{id}/photo, header parameter My Trace"
    assert (found["page.md"]["operations"], found["page.md"]["verified"]) == (1, 1)
    assert "OpenAPI 3.0 or 3.1" in found["swagger.yaml"]["refused"]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_person_gets_a_table_and_progress(folder: Path) -> None:
    done = run(folder / "pets.json", folder / "broken.json")
    assert f"left out: {LEFT_OUT}: " in done.stdout
    assert "left out in part: GET /pets/{id}/photo, header parameter" in done.stdout
    assert (
        "2 documents, 1 refused; 4 of 5 operations verified: 80.00 %; "
        "0 wrong, 0 unverified, 1 left out"
    ) in done.stdout
    assert "[1/2] pets.json: 4 of 5 operations verified" in done.stderr


def test_the_port_of_a_scheme_and_a_body_of_json_lines_are_no_faults(
    tmp_path: Path,
) -> None:
    done = {"responses": {"204": {"description": ""}}}
    lines = {"requestBody": body({"type": "string"}, "application/jsonl"), **done}
    small = {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://Example.com:443/"}],
        "paths": {"/lines": {"post": lines}, "/go": {"get": done}},
    }
    path = tmp_path / "small.json"
    path.write_text(json.dumps(small))
    (outcome,) = json.loads(run(path, "--json").stdout)["documents"]
    assert (outcome["verified"], outcome["reasons"]) == (2, {})


def test_a_document_that_takes_too_long_is_given_up(folder: Path) -> None:
    done = run(folder / "pets.json", "--json", "--limit", "0.01")
    (document,) = json.loads(done.stdout)["documents"]
    assert document["refused"] == "stopped: the document takes longer than 0.01 seconds"
    assert done.returncode == 2


def test_a_document_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(f'{{"openapi": "3.1.0", "x-large": [{"1.5," * 200_000}1]}}')
    outcome = workers.guarded(large, tmp_path / "large", 60, memory=8 * 1024**2)
    assert outcome.refused == "stopped: the document takes more than 8 MiB of memory"
    assert outcome.stopped


class Crash:
    """Ends the process that receives it."""

    def __init__(self, signal_number: int = 0) -> None:
        self.signal_number = signal_number

    def __reduce__(self) -> Any:
        if self.signal_number:
            return signal.raise_signal, (self.signal_number,)
        return os._exit, (1,)


@pytest.mark.parametrize(
    ("crash", "message", "stopped"),
    [
        (Crash(), "the process that generated it crashed", False),
        (Crash(signal.SIGKILL), "stopped: the document takes more memory than there is", True),
    ],
)  # fmt: skip
def test_a_process_that_crashes_costs_its_own_document_alone(
    crash: Any, message: str, stopped: bool, tmp_path: Path
) -> None:
    crashed = workers.guarded(crash, tmp_path / "crash", 60)
    assert (crashed.refused, crashed.stopped) == (message, stopped)


def test_a_path_that_does_not_exist_is_named() -> None:
    done = run("nowhere.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.yaml: no such file or folder" in done.stderr


def outcome(document: str, verified: int, wrong: int) -> workers.Outcome:
    return workers.Outcome(
        document,
        operations=verified + wrong + 2,
        verified=verified,
        wrong=wrong,
        unverified=1,
        left_out={"GET /x": "because"},
    )


def test_counts_are_written_where_they_are_missing(tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    assert corpus.regressions([outcome("a/pets.json", 3, 0)], counts) == []
    numbers = {"verified": 3, "wrong": 0, "unverified": 1, "left_out": 1}
    assert json.loads(counts.read_text()) == {"pets.json": numbers}


def test_less_verified_or_more_wrong_than_counted_before_is_a_loss(
    tmp_path: Path,
) -> None:
    counts = tmp_path / "counts.json"
    before = [outcome("pets.json", 4, 0), outcome("gone.json", 1, 0)]
    corpus.regressions(before, counts)
    assert corpus.regressions([outcome("a/pets.json", 3, 1)], counts) == [
        "gone.json: 0 operations are verified, 1 were",
        "pets.json: 3 operations are verified, 4 were",
        "pets.json: 1 operations are wrong, 0 were",
    ]


CHANGE = "api/default/change.py"
SPEC = "_operations/default/change.py"
PET_MODEL = "models/pet.py"
TAMPERED = [
    (CHANGE, 'in_query("tags"', 'in_query("tag"', "query tags: missing"),
    (CHANGE, 'in_header("X-Since"', 'in_header("X-S"', "the header x-since"),
    (CHANGE, "prefs, True)", "prefs, False)", "the cookies are"),
    (SPEC, '"header", "K"', '"header", "L"', "the credentials are missing"),
    (SPEC, 'method="PATCH"', 'method="PUT"', "the method is PUT"),
    (CHANGE, '"/pets/" +', '"/pet/" +', "the path is /pet/"),
    (CHANGE, "models.Pet.from_dict", "str", "the answer 200: the whole is"),
    (SPEC, '"required":["name"],', "", "another value at body.name is sent"),
    (SPEC, '"maximum":99', '"maximum":0', "a valid request is refused"),
    (SPEC, '"tags":{"type":"array"', '"tags":{"type":"string"', "is refused"),
    (PET_MODEL, 'fields["age"]', 'fields["aged"]', "age is missing"),
    (PET_MODEL, "import", "import import", "does not import: SyntaxError"),
]
TRY = """
import json, sys
from pathlib import Path
from scripts.conformance import exercise
from scripts.contract.reading.contract import read
from scripts.intake import document
found = document.read(Path(sys.argv[1]))
for folder in sys.argv[2:]:
    verdicts = exercise.run(found, read(found), Path(folder))
    print(json.dumps([verdicts.wrong, verdicts.unverified]))
    for name in [name for name in sys.modules if name.startswith("enkrypt_api_client")]:
        del sys.modules[name]
"""


@pytest.fixture(scope="module")
def verdicts(
    folder: Path,
    kept: Path,
    done: subprocess.CompletedProcess[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Any]:
    """Faults and notes of the package as generated, and of each that was tampered with; all in one process, away from ours."""
    assert done.returncode == 0
    packages = [kept / "pets"]
    for file, old, new, _ in TAMPERED:
        home = tmp_path_factory.mktemp("tampered")
        shutil.copytree(packages[0], home, dirs_exist_ok=True)
        path = home / "enkrypt_api_client" / file
        text = path.read_text()
        assert old in text, (file, old)
        path.write_text(text.replace(old, new))
        packages.append(home)
    arguments = [str(path) for path in (folder / "pets.json", *packages)]
    command = [sys.executable, "-c", TRY, *arguments]
    tried = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    return [json.loads(line) for line in tried.stdout.splitlines()]


def test_a_package_as_generated_has_no_faults(verdicts: list[Any]) -> None:
    assert verdicts[0] == [{}, {}]


@pytest.mark.parametrize("number", range(len(TAMPERED)))
def test_a_package_that_was_tampered_with_is_found_out(
    verdicts: list[Any], number: int
) -> None:
    faults, _ = verdicts[1 + number]
    assert TAMPERED[number][-1] in faults["PATCH /pets/{id}"]

"""What an index holds, what an upload reports, and what reaches the tools that do it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import release
from scripts.errors import ReleaseError
from scripts.release import PASSWORD, Artefacts, HalfwayError, Index
from scripts.version import versions
from tests.conftest import ROOT
from tests.release.conftest import LOGIN, Served, serve

WRONG = ("maintainer", "wr@ng/secret")
NOBODY = "http://127.0.0.1:9/"
HELD = "enkrypt_api_client-0.1.0-py3-none-any.whl", "enkrypt-api-client-0.1.tar.gz"
OTHERS = ("0.1.1", "0.1.0rc1")
WHEEL = f"enkrypt_api_client-{versions(ROOT)[0]}-py3-none-any.whl"


def test_a_version_is_found_however_its_files_are_called(served: Served) -> None:
    others = [f"enkrypt_api_client-{other}.tar.gz" for other in OTHERS]
    for name in (*HELD, *others, "enkrypt_api_client_extras-0.1.0.tar.gz"):
        (served.folder / name).touch()
    assert release.held(served, "0.1.0") == sorted(HELD)


def test_an_index_that_redirects_to_another_one_holds_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, "--fallback-url", NOBODY) as index:
        assert release.held(index, "0.1.0") == []


def test_an_index_that_does_not_answer_is_named_by_host() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9: ConnectError"):
        release.held(Index(NOBODY, f"{NOBODY}simple/", LOGIN), "0.1.0")


def test_settings_of_other_indexes_on_this_machine_do_not_redirect_an_upload(
    served: Served,
    built: Artefacts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section = f"[pypi]\nrepository = {NOBODY}\nusername = x\npassword = y\n"
    (tmp_path / ".pypirc").write_text(section)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TWINE_REPOSITORY_URL", NOBODY)
    monkeypatch.setenv("TWINE_REPOSITORY", "pypi")
    release.upload(served, built)
    assert served.files() == {path.name: path.read_bytes() for path in built}
    assert release.held(served, built.version) == sorted(served.files())


@pytest.mark.parametrize(
    ("change", "there", "error", "cause"),
    [
        ({"login": WRONG}, [], HalfwayError, "403(?s:.*)now: unknown, the index refu"),
        ({"url": f"{NOBODY}nowhere/"}, [], ReleaseError, "twine could not upload"),
        ({}, [WHEEL], HalfwayError, f"HTTPError: 4(?s:.*)holds now: {WHEEL}"),
    ],
)
def test_a_failed_upload_gives_the_reason_and_what_the_index_holds_now(
    served: Served,
    built: Artefacts,
    change: Any,
    there: list[str],
    error: type[ReleaseError],
    cause: str,
) -> None:
    for name in there:
        (served.folder / name).touch()
    index = served._replace(**change)
    with pytest.raises(ReleaseError, match=cause) as caught:
        release.send(index, built)
    assert type(caught.value) is error
    assert index.login[1] not in str(caught.value)
    assert dict.fromkeys(there, b"").items() <= served.files().items()


def test_neither_the_password_nor_our_own_environment_reaches_a_tool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = (PASSWORD, "PYTHONPATH", "GIT_DIR", "VIRTUAL_ENV", "TWINE_REPOSITORY")
    for name in names:
        monkeypatch.setenv(name, "anything")
    code = f"import os; print([name for name in {names} if name in os.environ])"
    assert release.run(sys.executable, "-c", code, failure="it fails") == "[]\n"


def test_the_password_is_masked_in_what_a_tool_prints_plain_or_quoted() -> None:
    code = f"print('{LOGIN[1]} p%40ss%2Fw%3Ard%25-secret'); raise SystemExit(3)"
    with pytest.raises(ReleaseError, match=re.escape("it fails:\n*** ***")):
        release.run(sys.executable, "-c", code, failure="it fails")

"""The command that publishes: what it refuses, and that a refusal leaves no trace."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import publish as publishing
from scripts.release import source
from scripts.release.build import Artefacts
from scripts.release.environments import Index
from scripts.release.index import PASSWORD, USERNAME
from scripts.release.process import ReleaseError
from tests.release.conftest import LOGIN, LoopbackIndex

Publish = Callable[..., tuple[int, str]]
REFUSED = "publish: refused; nothing was uploaded\n"


@pytest.mark.usefixtures("login")
def test_a_version_that_exists_is_refused(
    served: LoopbackIndex, built: Artefacts, checkout: Path, publish: Publish
) -> None:
    shutil.copy(built.wheel, served.folder)
    status, said = publish(checkout, served.url)
    assert status == 1
    assert f"exists on the index already ({built.wheel.name})" in said
    assert said.endswith(REFUSED)
    assert [path.name for path in served.folder.iterdir()] == [built.wheel.name]
    assert not (checkout / "dist").exists()


def test_a_wrong_password_is_refused_and_not_printed(
    served: LoopbackIndex,
    checkout: Path,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(USERNAME, LOGIN.username)
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    status, said = publish(checkout, served.url)
    assert status == 1
    assert "the index refuses TWINE_USERNAME and TWINE_PASSWORD (HTTP 403)" in said
    assert said.endswith(REFUSED)
    assert "secret" not in said
    assert not list(served.folder.iterdir())


def test_missing_credentials_are_refused(
    served: LoopbackIndex,
    checkout: Path,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (USERNAME, PASSWORD):
        monkeypatch.delenv(name, raising=False)
    status, said = publish(checkout, served.url)
    assert status == 1
    assert "TWINE_USERNAME and TWINE_PASSWORD missing" in said


@pytest.mark.usefixtures("login")
def test_a_dirty_tree_is_refused(
    served: LoopbackIndex, checkout: Path, publish: Publish
) -> None:
    (checkout / "scripts" / "new.py").touch()
    status, said = publish(checkout, served.url)
    assert status == 1
    assert "the tree is dirty: scripts/new.py" in said
    assert not list(served.folder.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://packages.example.com/"],
        ["https://user:secret@packages.example.com/"],
        ["https://a.example/", "--simple-url=http://user:secret@packages.example.com/"],
        [""],
    ],
)
@pytest.mark.usefixtures("login")
def test_an_address_that_is_not_trusted_is_refused_and_its_secrets_not_printed(
    checkout: Path, publish: Publish, arguments: list[str]
) -> None:
    status, said = publish(checkout, *arguments)
    assert status == 1
    assert said.endswith(REFUSED)
    assert "secret" not in said


@pytest.mark.usefixtures("login")
def test_what_is_printed_and_left_behind_holds_no_credentials(
    served: LoopbackIndex, checkout: Path, publish: Publish, built: Artefacts
) -> None:
    shutil.copy(built.sdist, served.folder)
    said = publish(checkout, served.url)[1]
    assert LOGIN.password not in said
    left = source.git(checkout, "status", "--porcelain", "--ignored")
    assert {
        line.rpartition("/")[0].rpartition("/")[2] for line in left.splitlines()
    } <= {"__pycache__"}
    assert os.environ[PASSWORD] == LOGIN.password


@pytest.mark.usefixtures("login")
def test_an_upload_that_stops_halfway_says_what_the_index_holds(
    served: LoopbackIndex, built: Artefacts
) -> None:
    (served.folder / built.sdist.name).touch()
    target = Index(served.simple, LOGIN)
    version = built.wheel.name.split("-")[1]
    with pytest.raises(ReleaseError, match=r"holds now: .*whl") as caught:
        publishing.send(served.url, target, version, built)
    assert not isinstance(caught.value, publishing.Refused)


def test_an_upload_that_leaves_nothing_is_a_refusal(
    built: Artefacts, served: LoopbackIndex
) -> None:
    target = Index(served.simple, LOGIN)
    with pytest.raises(publishing.Refused, match="twine could not upload"):
        publishing.send(f"{served.url}nowhere/", target, "0.1.0", built)

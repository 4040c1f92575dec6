"""The gate: a contract that drifted is accepted with a version and a changelog entry that say so, or not at all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import accept
from scripts.common import project
from scripts.common.errors import DocumentError
from scripts.contract import lock
from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from scripts.generator.current import current_contract
from scripts.intake import document as oas
from scripts.publishing import acceptance, changelog, tools, version
from tests.conftest import ROOT
from tests.mutation.table import apply
from tests.required import OPERATION

DATA = Path(__file__).parent.parent / "data"
VERSIONED = ("pyproject.toml", f"{project.PACKAGE.name}/_runtime/version.py")
Output = pytest.CaptureFixture[str]


def test_the_accepted_contract_is_that_of_the_document_byte_for_byte() -> None:
    assert accept.main(["--check"]) == 0
    text = lock.PATH.read_text("utf-8")
    assert (
        lock.text(
            current_contract(ROOT),
            lock.read()[1],
            lock.released_version(ROOT / "contract.lock"),
        )
        == text
    )
    assert "Name of the saved model" not in text  # no prose


@pytest.mark.parametrize("name", ["drift", "framework", "rich", "shared"])
def test_a_contract_comes_back_from_its_lock_whole(name: str, tmp_path: Path) -> None:
    contract = read(oas.read(DATA / f"{name}.yaml"))
    path = tmp_path / "contract.lock"
    path.write_text(lock.text(contract, "1.2.3"), "utf-8")
    again, version = lock.read(path)
    assert version == "1.2.3"
    assert compare(again, contract) == compare(contract, again) == []
    assert lock.text(again, version) == path.read_text("utf-8")


@pytest.mark.parametrize("text", ["", "a: 1", "accepted_in_version: 1\ntypes: 7\n"])
def test_a_damaged_lock_says_so(text: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.lock"
    path.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=r"contract\.lock"):
        lock.read(path)


def test_a_lock_that_lost_a_type_in_a_merge_is_damaged(tmp_path: Path) -> None:
    stated = oas.parse(lock.PATH.read_text("utf-8"))
    del stated["types"]["GetModelResponseObject"]
    path = tmp_path / "contract.lock"
    path.write_text(oas.to_yaml(stated), "utf-8")
    with pytest.raises(DocumentError, match=r"contract\.lock: damaged"):
        lock.read(path)


@pytest.mark.parametrize(
    ("key", "value"), [("calls", []), ("at", "x"), ("parameters", [{"at": "#/x"}])]
)
def test_an_operation_that_was_edited_by_hand_in_a_lock_is_damaged(
    tmp_path: Path, key: str, value: object
) -> None:
    stated = oas.parse(lock.PATH.read_text("utf-8"))
    stated["operations"][OPERATION][key] = value
    path = tmp_path / "contract.lock"
    path.write_text(oas.to_yaml(stated), "utf-8")
    with pytest.raises(DocumentError, match=r"contract\.lock: damaged; take it from"):
        lock.read(path)


@pytest.mark.parametrize(
    "content", [b"", b"caf\xe9", b"<<<<<<< HEAD\na: 1\n=======\na: 2\n"]
)
def test_a_lock_that_is_no_yaml_in_utf_8_says_what_to_do(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "contract.lock"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"contract\.lock: .*take it from git"):
        lock.read(path)


@pytest.fixture
def unaccepted(tmp_path: Path) -> Path:
    """A checkout of version 0.1.0, with a changelog, without an accepted contract."""
    shutil.copytree(project.PACKAGE, tmp_path / project.PACKAGE.name)
    for name in ("openapi.yaml", "generator-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in VERSIONED:
        replace(tmp_path / name, f'"{version.read(ROOT).project}"', '"0.1.0"')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [0.1.0]\n\n- First.\n")
    return tmp_path


@pytest.fixture
def copy(unaccepted: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout to drift and accept in, whose package counts as generated."""
    monkeypatch.setattr(accept, "package_problems", lambda root: [])
    assert run(unaccepted) == 0
    return unaccepted


def test_nothing_is_accepted_while_the_package_is_not_what_the_document_generates(
    unaccepted: Path, capsys: Output
) -> None:
    package = unaccepted / project.PACKAGE.name
    (package / "notes.txt").touch()
    (package / "client.py").write_text("x = 1\n", "utf-8")
    assert run(unaccepted) == 1
    asked = capsys.readouterr().err
    assert f"{package.name}/notes.txt; move it out of the package" in asked
    assert f"in {package.name}/client.py; run `make generate` first\n" in asked
    assert not (unaccepted / "contract.lock").exists()


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def run(copy: Path, *more: str) -> int:
    return accept.main(["--root", str(copy), *more])


def drift(copy: Path, edits: str) -> None:
    """Change the properties of what the vendor answers."""
    document = oas.read(copy / "openapi.yaml")
    schemas = document["components"]["schemas"]
    apply(edits, "", schemas["ModifyModelResponseObject"]["properties"])
    (copy / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")


def release(copy: Path, entry: str) -> None:
    for name in VERSIONED:
        replace(copy / name, "0.1.0", "0.2.0")
    new = f"## [0.2.0]\n\n{entry}\n\n## [0.1.0]"
    replace(copy / "CHANGELOG.md", "## [0.1.0]", new)


def test_drift_fails_the_check_and_is_not_accepted_without_version_and_changelog(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    before = (copy / "contract.lock").read_bytes()
    assert run(copy, "--check") == 1
    said = capsys.readouterr()
    assert "ModifyModelResponseObject.message" in said.out
    assert "make accept" in said.err
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert 'set the version in pyproject.toml to "0.2.0"' in asked
    assert "under `## [0.2.0]`" in asked
    assert (copy / "contract.lock").read_bytes() == before


def test_breaking_drift_is_accepted_before_1_0_with_a_minor_step_that_says_so(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    release(copy, "- Nothing to see.")
    assert run(copy) == 1
    assert "breaking" in capsys.readouterr().err
    words = "- **Breaking:** `ModifyModelResponseObject.message` is gone."
    replace(copy / "CHANGELOG.md", "- Nothing to see.", words)
    assert run(copy) == 0
    said = capsys.readouterr().out
    assert said.endswith("accept: recorded in contract.lock as the contract of 0.2.0\n")
    assert run(copy, "--check") == 0
    assert lock.read(copy / "contract.lock")[1] == "0.2.0"


def test_with_a_file_of_accepted_changes_a_breaking_change_must_be_in_it(
    copy: Path, tmp_path: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    release(copy, "- **Breaking:** `ModifyModelResponseObject.message` is gone.")
    path = tmp_path / "accepted.yaml"
    path.write_text("accepted: [{id: gone-1, reason: why not}]", "utf-8")
    assert run(copy, "--accepted", str(path)) == 1
    asked = capsys.readouterr().err
    assert "gone-1 no longer applies" in asked
    identifier = asked.partition(" breaks callers")[0].split()[-1]
    path.write_text(f"accepted: [{{id: {identifier}, reason: unused}}]", "utf-8")
    assert run(copy, "--accepted", str(path)) == 0
    assert "unused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("version = 0.2.0", r"pyproject\.toml cannot be read: .*line \d+"),
        ("version = 2", r"pyproject\.toml states no version; write .*version = \""),
        ('version = "1.x"', r"pyproject\.toml states the version '1\.x', .*PEP 440"),
        ("", r"pyproject\.toml states no version; write .*version = \""),
    ],
)
def test_a_version_that_is_no_text_is_named_with_its_file(
    copy: Path, capsys: Output, line: str, cause: str
) -> None:
    replace(copy / "pyproject.toml", 'version = "0.1.0"', line)
    assert run(copy) == 2
    assert re.fullmatch(f"accept: {cause}.*\n", capsys.readouterr().err)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "pyproject.toml"])
@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda path: path.write_bytes(b"\ncaf\xe9"), "line 2: not UTF-8; save"),
        (Path.mkdir, "cannot be read: Is a directory; take the file from git"),
        (lambda path: path.symlink_to("gone"), "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    copy: Path,
    capsys: Output,
    name: str,
    damage: Callable[[Path], object],
    cause: str,
) -> None:
    drift(copy, "-message")
    (copy / name).unlink()
    damage(copy / name)
    assert run(copy) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"accept: {name}: {cause}")
    assert said.count("\n") == 1


def test_additive_drift_needs_an_entry(copy: Path, capsys: Output) -> None:
    drift(copy, 'note={"type": "string"}')
    release(copy, "")
    assert run(copy) == 1
    assert "`ModifyModelResponseObject.note`: field added" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "breaking", "fits"),
    [
        ("0.1.0", "0.2.0", True, True),
        ("0.1.0", "0.1.1", False, False),
        ("0.9.0", "1.0.0", True, True),
        ("1.2.3", "2.0.0", True, True),
        ("1.2.3", "1.3.0", True, False),
        ("1.2.3", "1.3.0", False, True),
        ("1.1.0", "1rc2", False, False),
        ("1.2.0", "2rc1", True, True),
    ],
)
def test_versions_step_as_semver_says(
    old: str, new: str, breaking: bool, fits: bool
) -> None:
    changes = [Change("type-changed", "A", breaking)]
    assert acceptance.fits(old, new, changes) is fits
    assert acceptance.fits(old, acceptance.next_version(old, changes), changes)


def test_a_lock_whose_version_is_none_is_named(copy: Path, capsys: Output) -> None:
    drift(copy, "-message")
    release(copy, "- **Breaking:** `ModifyModelResponseObject.message` is gone.")
    replace(copy / "contract.lock", "version: 0.1.0", "version: 0.1-or-so")
    assert run(copy) == 2
    said = capsys.readouterr().err
    assert said.startswith("accept: contract.lock states the version '0.1-or-so', ")
    assert said.count("\n") == 1


def test_another_name_of_a_class_is_a_breaking_change_of_its_own(copy: Path) -> None:
    replace(copy / "generator-config.yaml", "name: Tool,", "name: Utility,")
    (change,) = acceptance.drift_report(copy).changes
    assert (change.rule, change.breaking) == ("class-renamed", True)
    assert (change.before, change.after) == ("Tool", "Utility")


def test_a_lock_that_git_knows_is_not_replaced_by_a_new_one(
    copy: Path, capsys: Output
) -> None:
    tools.git(copy, "init", "--quiet")
    tools.git(copy, "add", "contract.lock")
    (copy / "contract.lock").unlink()
    assert run(copy) == 2
    assert (
        "take it from git again: git checkout -- contract.lock"
        in capsys.readouterr().err
    )
    assert not (copy / "contract.lock").exists()


def test_several_acceptances_before_one_release_need_one_version(copy: Path) -> None:
    drift(copy, 'note={"type": "string"}')
    release(copy, "- `ModifyModelResponseObject.note` is new.")
    assert run(copy) == 0
    drift(copy, 'remark={"type": "string"}')
    replace(copy / "CHANGELOG.md", "note` is new.", "note` and `ModifyModelResponseObject.remark` are new.")  # fmt: skip
    assert run(copy) == 0
    assert run(copy, "--check") == 0
    assert lock.read(copy / "contract.lock")[1] == "0.2.0"


def test_an_acceptance_of_what_is_accepted_says_so_and_writes_nothing(
    copy: Path, capsys: Output
) -> None:
    lock_file = copy / "contract.lock"
    for name in VERSIONED:
        replace(copy / name, "0.1.0", "0.1.1")
    before = lock_file.stat()
    capsys.readouterr()
    assert run(copy) == 0
    assert "holds this contract already, as that of 0.1.0" in capsys.readouterr().out
    after = lock_file.stat()  # with the time of the last access, which is later
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_changelog_that_is_ready_before_the_version_is_asked_for_no_more_lines(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    entry = "## [0.2.0]\n\n- **Breaking:** `ModifyModelResponseObject.message` is gone.\n\n## [0.1.0]"
    replace(copy / "CHANGELOG.md", "## [0.1.0]", entry)
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert 'set the version in pyproject.toml to "0.2.0"' in asked
    assert "CHANGELOG.md" not in asked


def test_the_first_acceptance_asks_for_a_line_of_each_change(
    copy: Path, capsys: Output
) -> None:
    drift(copy, 'note={"type": "string"}')
    drift(copy, 'remark={"type": "string"}')
    release(copy, "- `ModifyModelResponseObject.note` is new.")
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert "under `## [0.2.0]` all that has changed since 0.1.0" in asked
    (line,) = (text for text in asked.splitlines() if text.startswith("- "))
    assert line.startswith("- `ModifyModelResponseObject.remark`: field added")


def test_a_second_acceptance_asks_for_the_lines_of_what_changed_since_the_first(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    release(copy, "- **Breaking:** `ModifyModelResponseObject.message` is gone.")
    assert run(copy) == 0
    drift(copy, 'remark={"type": "string"}')
    capsys.readouterr()
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert "under `## [0.2.0]` all that has changed since 0.1.0" in asked
    (line,) = (text for text in asked.splitlines() if text.startswith("- "))
    assert line.startswith("- `ModifyModelResponseObject.remark`: field added")
    replace(copy / "CHANGELOG.md", "is gone.", f"is gone.\n{line}")
    assert run(copy) == 0


def test_a_second_acceptance_asks_for_more_only_where_its_changes_mean_more(
    copy: Path, capsys: Output
) -> None:
    for name in VERSIONED:
        replace(copy / name, "0.1.0", "1.4.0")
    (copy / "contract.lock").unlink()
    assert run(copy) == 0
    drift(copy, 'note={"type": "string"}')
    for name in VERSIONED:
        replace(copy / name, "1.4.0", "1.5.0")
    replace(copy / "CHANGELOG.md", "[0.1.0]", "[1.5.0]")
    replace(copy / "CHANGELOG.md", "First.", "`ModifyModelResponseObject.note` is new.")
    assert run(copy) == 0
    drift(copy, "-message")
    capsys.readouterr()
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert 'pyproject.toml to "2.0.0" (it is "1.5.0"; the last release is "1.4.0")' in asked  # fmt: skip


def test_what_came_and_went_before_a_release_needs_no_line_and_breaks_nobody(
    copy: Path, capsys: Output
) -> None:
    options = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    tools.git(copy, "init", "--quiet")
    tools.git(copy, "add", "--all")
    tools.git(copy, *options, "commit", "--quiet", "--message=x")
    tools.git(copy, "tag", "v0.1.0")
    drift(copy, 'note={"type": "string"}')
    drift(copy, 'remark={"type": "string"}')
    name = "ModifyModelResponseObject"
    release(copy, f"- `{name}.note` is new.\n- `{name}.remark` is new.")
    assert run(copy) == 0
    drift(copy, "-note")
    capsys.readouterr()

    assert run(copy) == 0

    said = capsys.readouterr()
    assert "recorded in contract.lock as the contract of 0.2.0" in said.out + said.err


def test_without_a_tag_a_second_acceptance_says_what_it_counts_from(
    copy: Path, capsys: Output
) -> None:
    drift(copy, 'note={"type": "string"}')
    release(copy, "- `ModifyModelResponseObject.note` is new.")
    assert run(copy) == 0
    assert "no tag" not in capsys.readouterr().err
    drift(copy, "-note")

    assert run(copy) == 1

    said = capsys.readouterr().err
    assert "no tag v0.1.0 is here, so changes are counted from the last" in said
    assert "git tag v0.1.0 COMMIT" in said


def test_where_the_changelog_lacks_what_is_breaking_only_that_is_asked_for(
    copy: Path, capsys: Output
) -> None:
    drift(copy, 'note={"type": "string"}')
    drift(copy, "-message")
    release(copy, "- `ModifyModelResponseObject.note` is new.")
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert "does not say under `## [0.2.0]` what is breaking" in asked
    (line,) = (text for text in asked.splitlines() if text.startswith("- "))
    assert line.startswith("- **Breaking:** `ModifyModelResponseObject.message`")


def test_a_version_below_the_one_that_the_contract_was_accepted_in_is_refused(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    release(copy, "- **Breaking:** `ModifyModelResponseObject.message` is gone.")
    assert run(copy) == 0
    for name in VERSIONED:
        replace(copy / name, "0.2.0", "0.1.1")
    replace(copy / "CHANGELOG.md", "[0.2.0]", "[0.1.1]")
    for command in (run, acceptance.check):
        capsys.readouterr()
        assert command(copy) == 1
        said = capsys.readouterr().err
        assert 'is "0.1.1", and this contract was accepted in "0.2.0"' in said


def test_a_tag_says_that_the_accepted_version_was_released(
    copy: Path, capsys: Output
) -> None:
    drift(copy, 'note={"type": "string"}')
    release(copy, "- `ModifyModelResponseObject.note` is new.")
    assert run(copy) == 0
    options = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    tools.git(copy, "init", "--quiet")
    tools.git(copy, *options, "commit", "--quiet", "--allow-empty", "--message=x")
    tools.git(copy, *options, "tag", "-a", "v0.2.0", "-m", "Release 0.2.0")
    drift(copy, 'remark={"type": "string"}')
    capsys.readouterr()
    assert run(copy) == 1
    assert 'pyproject.toml to "0.3.0"' in capsys.readouterr().err


def test_a_tag_says_that_a_version_without_a_change_of_the_contract_was_released(
    copy: Path, capsys: Output
) -> None:
    release(copy, "- Faster.")
    options = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    tools.git(copy, "init", "--quiet")
    tools.git(copy, *options, "commit", "--quiet", "--allow-empty", "--message=x")
    tools.git(copy, "tag", "v0.2.0")
    before = (copy / "contract.lock").read_text("utf-8")
    assert run(copy) == 0
    assert (copy / "contract.lock").read_text("utf-8") == before
    drift(copy, 'remark={"type": "string"}')
    capsys.readouterr()
    assert run(copy) == 1
    said = capsys.readouterr().err
    assert (
        'pyproject.toml to "0.3.0" (it is "0.2.0"; the last release is "0.2.0")' in said
    )


def test_the_newest_tag_counts_whatever_version_the_project_says(
    copy: Path, capsys: Output
) -> None:
    options = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    tools.git(copy, "init", "--quiet")
    tools.git(copy, *options, "commit", "--quiet", "--allow-empty", "--message=x")
    for tag in ("v0.9.0", "v0.10.0", "v0.2.0", "vendor"):
        tools.git(copy, "tag", tag)
    for name in VERSIONED:
        replace(copy / name, "0.1.0", "0.10.1")
    replace(copy / "CHANGELOG.md", "[0.1.0]", "[0.10.1]")
    drift(copy, "-message")
    capsys.readouterr()
    assert run(copy) == 1
    said = capsys.readouterr().err
    assert 'toml to "0.11.0" (it is "0.10.1"; the last release is "0.10.0")' in said


def test_a_checkout_that_may_lack_tags_says_so(copy: Path, capsys: Output) -> None:
    tools.git(copy, "init", "--quiet")
    assert run(copy) == 0
    assert "not known" not in capsys.readouterr().err
    (copy / ".git" / "shallow").write_text(f"{'0' * 40}\n", "utf-8")
    assert run(copy) == 0
    assert "which versions are out is not known: this clone" in capsys.readouterr().err
    shutil.rmtree(copy / ".git")
    (copy / ".git").write_text("no repository", "utf-8")
    assert run(copy) == 0
    assert (
        "which versions are out is not known: git rev-parse failed: fatal"
        in capsys.readouterr().err
    )


LINES = [
    "- `A.kind`: enum value added (`Edge`)",
    "- **Breaking:** `A.kind`: enum value removed (`External`)",
]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", LINES),
        ("\n".join(LINES), []),
        ("- `A.kind`: enum value added (`Hybrid`)", LINES),
        ("- **Breaking:** `A.kind`: enum value removed (`Hybrid`)", LINES),
        ("- `A.kind`: enum value added\n  (`Edge`), for stores", LINES[1:]),
        ("- Edge devices are a new `A.kind`.", LINES[1:]),
        ("- Breaking: `A.kind` is about other places now.", []),
        ("- `A.kind`: edge devices are known, too", LINES[1:]),
        ("`A.kind` is no item, though breaking", LINES),
    ],
)
def test_a_line_of_the_changelog_covers_the_change_that_it_is_about(
    text: str, missing: list[str]
) -> None:
    assert changelog.unnamed(text, LINES) == missing


def test_every_file_that_keeps_a_contract_from_being_accepted_is_named_at_once(
    copy: Path, capsys: Output
) -> None:
    drift(copy, "-message")
    assert run(copy) == 1
    asked = capsys.readouterr().err
    assert 'set the version in pyproject.toml to "0.2.0"' in asked
    assert (
        'set __version__ in enkrypt_api_client/_runtime/version.py to "0.2.0"' in asked
    )
    assert "CHANGELOG.md has no entry under `## [0.2.0]`" in asked

"""From the vendor's site to a change that can be merged: the whole path in a copy of the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.common.project import PACKAGE
from scripts.publishing import tools
from tests.conftest import PAGE
from tests.docs.pages import CONTRIBUTING, blocks
from tests.docs.test_rehearsal import Copy
from tests.intake.documentation_site import (
    DocumentationSite,
    answer,
    documentation_site,
)
from tests.publishing.conftest import commit_all

SIBLING = PAGE.with_name("get-model.md").read_text("utf-8")


def page(number: int, parameter: str = "X-Enkrypt-Model-Version") -> str:
    """A page of the vendor's, of another operation."""
    text = SIBLING.replace("/models/get-model", f"/things/get-thing-{number}")
    text = text.replace("operationId: get_model", f"operationId: get_thing_{number}")
    return text.replace("X-Enkrypt-Model-Version", parameter)


class Maintained(Copy):
    """A copy of the repository that follows a site."""

    def __init__(self, folder: Path, site: DocumentationSite) -> None:
        super().__init__(folder)
        self.site = site

    def refresh(self, status: int, *options: str) -> str:
        """What `python -m scripts.refresh` prints."""
        where = ("--index", self.site.index, "--loopback")
        return self.run("-m", "scripts.refresh", *where, *options, status=status)

    def accept(self, number: str) -> None:
        wanted = self.run("-m", "scripts.accept", status=1)
        lines = re.findall(r"^- .*$", wanted, re.MULTILINE)
        self.release(number, "\n".join(lines) + "\n")
        self.run("-m", "scripts.accept")
        commit_all(self.root)
        tools.git(self.root, "tag", f"v{number}")

    def changed_files(self) -> str:
        return tools.git(self.root, "status", "--porcelain")


# Each is a whole run of the command, in a process of its own, on a copy of the project.
pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def maintained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maintained]:
    """A copy that has taken in a site of twelve pages."""
    with documentation_site() as site:
        site.add("modify-model.md", PAGE.read_text("utf-8"))
        for number in range(11):
            site.add(f"get-thing-{number}.md", page(number))
        copy = Maintained(tmp_path_factory.mktemp("refresh"), site)
        copy.printed["first"] = copy.refresh(1)
        copy.accept("0.5.0")
        yield copy


def test_the_first_run_takes_every_page_in(maintained: Maintained) -> None:
    for number in range(11):
        row = (
            f"| `GET /things/get-thing-{number}` | new | `docs/get-thing-{number}.md` |"
        )
        assert row in maintained.printed["first"]


def test_a_second_run_has_nothing_to_do(maintained: Maintained) -> None:
    assert maintained.refresh(0) == (
        "refresh: nothing to do: the site, openapi.yaml and the client agree\n"
    )
    assert maintained.changed_files() == ""


def test_a_broken_site_changes_nothing(maintained: Maintained) -> None:
    path = "/docs/get-thing-0.md"
    maintained.site.behaviours[path] = answer(200, b"````yaml GET /x\nhalf")
    printed = maintained.refresh(2)
    del maintained.site.behaviours[path]
    assert (
        "get-thing-0.md: line 1: the fence that opens here is never closed" in printed
    )
    assert maintained.changed_files() == ""


def test_a_client_that_cannot_be_generated_changes_nothing(
    maintained: Maintained,
) -> None:
    undeclared = "security:\n        - nowhere: []\n      summary:"
    odd = page(99).replace("summary:", undeclared, 1)
    maintained.site.add("odd.md", odd)
    printed = maintained.refresh(2)
    del maintained.site.pages["/docs/odd.md"]
    assert "GET /things/get-thing-99 can't be generated" in printed
    assert maintained.changed_files() == ""


def test_a_file_that_would_be_deleted_stops_it_before_anything_is_written(
    maintained: Maintained,
) -> None:
    notes = maintained.root / PACKAGE.name / "notes.txt"
    notes.touch()
    maintained.site.add("get-thing-98.md", page(98))
    printed = maintained.refresh(2)
    del maintained.site.pages["/docs/get-thing-98.md"]
    notes.unlink()
    assert "notes.txt was not generated, and would be deleted" in printed
    assert maintained.changed_files() == ""


def test_an_edit_by_hand_is_refused(maintained: Maintained) -> None:
    document = maintained.root / "openapi.yaml"
    before = document.read_bytes()
    document.write_bytes(before + b"# edited\n")
    assert "edited by hand" in maintained.refresh(2)
    document.write_bytes(before)


def test_one_command_prepares_what_the_vendor_changed(maintained: Maintained) -> None:
    """One page breaks callers, one is new, one is gone."""
    maintained.site.add("get-thing-3.md", page(3, parameter="X-Thing-Version"))
    maintained.site.add("get-thing-11.md", page(11))
    del maintained.site.pages["/docs/get-thing-5.md"]
    report = maintained.root / "report.md"
    printed = maintained.refresh(1, "--report", str(report))
    written = report.read_text("utf-8")
    report.unlink()
    assert printed.endswith(written)
    for row in (
        "| `GET /things/get-thing-11` | new | `docs/get-thing-11.md` |",
        "| `GET /things/get-thing-3` | changed | `docs/get-thing-3.md` |",
        "| `GET /things/get-thing-5` | gone |  |",
        "10 operations unchanged",
        "## Breaking",
        "X-Thing-Version",
        "| Lines (old → new) |",
        "these changes ask for 0.6.0",
    ):
        assert row in written
    assert " characters] " not in written
    assert "`openapi.yaml` → " not in written
    assert re.search(r"\| \d+ → \d+ \|", written)
    changed = maintained.changed_files()
    assert "openapi.yaml" in changed
    assert "contract.lock" not in changed
    assert "get_thing_11.py" in changed
    # Again, before anything is accepted: the same report.
    assert "## Breaking" in maintained.refresh(1)
    maintained.accept("0.6.0")
    maintained.refresh(0)
    assert maintained.run("-m", "scripts.accept", "--check") == ""
    assert maintained.run("-m", "scripts.generate", "--check") == ""


def test_the_scheduled_job_of_contributing_pushes_a_branch(
    maintained: Maintained, tmp_path: Path
) -> None:
    (job,) = (b for b in blocks(CONTRIBUTING, "bash") if "scripts.refresh" in b)
    script = tmp_path / "job"
    script.write_text(job, "utf-8")
    remote = tmp_path / "remote.git"
    root = maintained.root
    tools.git(root, "branch", "--force", "main")
    tools.git(root, "clone", "--quiet", "--bare", ".", str(remote))
    tools.git(root, "remote", "add", "origin", str(remote))
    arguments = ("--index", maintained.site.index, "--loopback")

    def run_job() -> subprocess.CompletedProcess[str]:
        identity = {
            f"GIT_{who}_{what}": "job@localhost"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", str(script), *arguments],
            cwd=root,
            env={**os.environ, **identity, "PATH": path, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    done = run_job()
    assert done.returncode == 0, done.stderr
    maintained.site.add("get-thing-7.md", page(7, parameter="X-New-Name"))
    done = run_job()
    assert done.returncode == 0, done.stderr
    pushed = tools.git(remote, "show", "--stat", "--format=%s", "vendor-refresh")
    assert pushed.startswith("Take in what the vendor changed")
    assert "openapi.yaml" in pushed
    assert "refresh.md" not in pushed
    assert "X-New-Name" in (root / "refresh.md").read_text("utf-8")
    maintained.site.behaviours["/llms.txt"] = answer(500)
    done = run_job()
    assert done.returncode == 2
    assert "status 500" in done.stderr
    tools.git(root, "switch", "--quiet", "--create", "review", "origin/vendor-refresh")
    (root / "CHANGELOG.md").write_text("# Changelog\n\n- A review.\n", "utf-8")
    commit_all(root)
    tools.git(root, "push", "--quiet", "origin", "HEAD:vendor-refresh")
    reviewed = tools.git(remote, "rev-parse", "vendor-refresh")
    done = run_job()
    assert done.returncode == 2
    assert "vendor-refresh has commits of a review" in done.stderr
    assert tools.git(remote, "rev-parse", "vendor-refresh") == reviewed
    del maintained.site.behaviours["/llms.txt"]
    maintained.site.add("get-thing-7.md", page(7))
    tools.git(root, "switch", "--quiet", "main")


@pytest.mark.timeout(3600)
def test_the_check_passes_after_the_last_acceptance(maintained: Maintained) -> None:
    assert "contract accepted" in maintained.run("-m", "scripts.check")

"""From the vendor's site to a change that can be merged: the whole path in a copy of the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.common.project import PACKAGE
from scripts.intake import document
from scripts.intake.parts import operation_keys
from scripts.publishing import tools, version
from tests.conftest import PAGE, ROOT
from tests.docs.pages import CONTRIBUTING, blocks
from tests.docs.test_rehearsal import Copy
from tests.intake.documentation_site import (
    DocumentationSite,
    Handler,
    answer,
    documentation_site,
)
from tests.publishing.conftest import commit_all
from tests.vendor_pages import document_in, fitted, with_document

SIBLING = PAGE.with_name("get-model.md").read_text("utf-8")


def page(number: int, parameter: str = "X-Enkrypt-Model-Version") -> str:
    """A page as the vendor's, of another operation, with a component of its own."""
    text = SIBLING.replace("/models/get-model", f"/things/get-thing-{number}")
    text = text.replace("operationId: get_model", f"operationId: get_thing_{number}")
    text = text.replace("ModelSummary", "ThingSummary")
    text = text.replace("X-Enkrypt-Model-Version", parameter)
    return with_document(text, fitted(document_in(text)))


def asked_for(report: str) -> str:
    """The version that a report asks for."""
    (number,) = re.findall(r"these changes ask for ([\d.]+)\. ", report)
    return str(number)


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
    """A copy that has taken in a site: the document of the project, and eleven pages."""
    with documentation_site() as site:
        site.pages["/openapi.yaml"] = (ROOT / "openapi.yaml").read_bytes()
        for number in range(11):
            site.add(f"get-thing-{number}.md", page(number))
        copy = Maintained(tmp_path_factory.mktemp("refresh"), site)
        copy.printed["first"] = copy.refresh(1)
        copy.accept(asked_for(copy.printed["first"]))
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


def test_a_page_that_is_missing_is_named_though_nothing_changed(
    maintained: Maintained,
) -> None:
    path = "/docs/get-thing-0.md"
    maintained.site.behaviours[path] = answer(404)
    printed = maintained.refresh(0)
    del maintained.site.behaviours[path]
    assert "the site does not have pages that its index lists" in printed
    assert "get-thing-0.md" in printed
    assert "nothing to do" in printed
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
    path = maintained.root / "openapi.yaml"
    before = path.read_bytes()
    path.write_bytes(before + b"# edited\n")
    assert "edited by hand" in maintained.refresh(2)
    path.write_bytes(before)


def test_one_command_prepares_what_the_vendor_changed(maintained: Maintained) -> None:
    """One page breaks callers, one is new, one is gone."""
    number_before = len(operation_keys(document.read(ROOT / "openapi.yaml")))
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
        f"{number_before + 9} operations unchanged",
        "## Breaking",
        "X-Thing-Version",
        "| Lines (old → new) |",
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
    released = version.read(maintained.root).project
    assert f"The last release is {released}; these changes ask for " in written
    maintained.accept(asked_for(written))
    maintained.refresh(0)
    assert maintained.run("-m", "scripts.accept", "--check") == ""
    assert maintained.run("-m", "scripts.generate", "--check") == ""


class NightlyJob:
    """The script of CONTRIBUTING in a checkout of its own, with a remote and the checkout of a reviewer beside it."""

    def __init__(self, maintained: Maintained, folder: Path) -> None:
        (job,) = (b for b in blocks(CONTRIBUTING, "bash") if "scripts.refresh" in b)
        self.site = maintained.site
        self.script = folder / "job"
        self.script.write_text(job, "utf-8")
        self.remote = folder / "remote.git"
        self.checkout = folder / "checkout"
        self.review = folder / "review"
        tools.git(maintained.root, "branch", "--force", "main")
        tools.git(
            folder, "clone", "--quiet", "--bare", str(maintained.root), "remote.git"
        )
        tools.git(self.remote, "symbolic-ref", "HEAD", "refs/heads/main")
        for checkout in (self.checkout, self.review):
            tools.git(folder, "clone", "--quiet", "remote.git", checkout.name)
        # Stands for `make setup`, which installs: notes for which commit.
        self.make = folder / "bin" / "make"
        self.make.parent.mkdir()
        self.made = folder / "made"
        note = f'echo "$@ $(git rev-parse HEAD)" >> "{self.made}"'
        self.make.write_text(f"#!/bin/sh\n{note}\n", "utf-8")
        self.make.chmod(0o755)

    def run(self, status: int = 0) -> str:
        """What one night prints that ends with this exit code."""
        identity = {
            f"GIT_{who}_{what}": "job@localhost"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        folders = [self.make.parent, Path(sys.executable).parent, os.environ["PATH"]]
        variables = {"CHECKOUT": str(self.checkout), "PYTHONPATH": ""}
        done = subprocess.run(
            ["bash", str(self.script), "--index", self.site.index, "--loopback"],
            cwd=self.review.parent,
            env={
                **os.environ,
                **identity,
                **variables,
                "PATH": ":".join(map(str, folders)),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def description(self) -> str:
        return (self.checkout / "refresh.md").read_text("utf-8")

    def branch(self) -> str:
        """The commit that is proposed; empty where there is none."""
        return tools.git(
            self.remote, "for-each-ref", "--format=%(objectname)", BRANCH
        ).strip()

    def push_review(self, *options: str) -> str:
        """Commit to the branch as a reviewer does, and return the commit."""
        identity = ("-c", "user.name=r", "-c", "user.email=r@localhost")
        tools.git(self.review, "fetch", "--quiet")
        tools.git(self.review, "switch", "--quiet", "--detach", "origin/vendor-refresh")
        (self.review / "CHANGELOG.md").write_text("# Changelog\n\n- A review.\n")
        tools.git(self.review, *identity, "commit", "--quiet", "--all", *options)
        tools.git(self.review, "push", "--quiet", "--force", "origin", f"HEAD:{BRANCH}")
        return tools.git(self.review, "rev-parse", "HEAD").strip()


BRANCH = "refs/heads/vendor-refresh"
NEW_NAME = page(7, parameter="X-New-Name")
A_COMMIT = pytest.mark.parametrize(
    "options",
    [["--message=A review"], ["--amend", "--no-edit"]],
    ids=["on top", "amended"],
)


@pytest.fixture
def nightly(maintained: Maintained, tmp_path: Path) -> Iterator[NightlyJob]:
    """The job, on a site that is again as it was before once the test is over."""
    pages = dict(maintained.site.pages)
    yield NightlyJob(maintained, tmp_path)
    maintained.site.pages.clear()
    maintained.site.pages.update(pages)
    maintained.site.behaviours.clear()


def test_the_scheduled_job_of_contributing_pushes_a_branch(nightly: NightlyJob) -> None:
    nightly.run()
    assert nightly.branch() == ""
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    pushed = tools.git(nightly.remote, "show", "--stat", "--format=%s", BRANCH)
    assert pushed.startswith("Take in what the vendor changed")
    assert "openapi.yaml" in pushed
    assert "refresh.md" not in pushed
    assert "X-New-Name" in nightly.description()
    nightly.site.behaviours["/llms.txt"] = answer(500)
    assert "status 500" in nightly.run(2)


def test_the_scheduled_job_works_with_what_main_is_locked_to(
    nightly: NightlyJob,
) -> None:
    nightly.run()
    commit = tools.git(nightly.remote, "rev-parse", "main").strip()
    assert nightly.made.read_text("utf-8") == f"--silent setup {commit}\n"


def test_the_scheduled_job_leaves_the_same_proposal_as_it_is(
    nightly: NightlyJob,
) -> None:
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    proposed = nightly.branch()
    time.sleep(1.1)  # a commit of another second has another name
    nightly.run()
    nightly.run()
    assert nightly.branch() == proposed
    nightly.site.add("get-thing-8.md", page(8, parameter="X-Other-Name"))
    nightly.run()
    assert nightly.branch() not in ("", proposed)


def test_the_scheduled_job_replaces_what_it_proposed_the_night_before(
    nightly: NightlyJob,
) -> None:
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    nightly.site.add("get-thing-8.md", page(8, parameter="X-Other-Name"))
    nightly.run()
    assert "X-New-Name" in nightly.description()
    assert "X-Other-Name" in nightly.description()
    commits = tools.git(nightly.remote, "log", "--format=%s", f"main..{BRANCH}")
    assert commits == "Take in what the vendor changed\n"


def test_the_scheduled_job_proposes_again_what_it_could_not_commit(
    nightly: NightlyJob,
) -> None:
    hook = nightly.checkout / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho the disk is full; exit 1\n", "utf-8")
    hook.chmod(0o755)
    nightly.site.add("get-thing-12.md", page(12))
    assert "the disk is full" in nightly.run(1)
    hook.unlink()
    nightly.run()
    assert "| `GET /things/get-thing-12` | new |" in nightly.description()
    pushed = tools.git(nightly.remote, "show", "--stat", "--format=%s", BRANCH)
    assert "get_thing_12.py" in pushed


def test_the_scheduled_job_removes_what_the_vendor_has_taken_back(
    nightly: NightlyJob,
) -> None:
    before = dict(nightly.site.pages)
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    nightly.site.pages.update(before)
    said = "vendor-refresh was removed: the site says what main says"
    assert said in nightly.run()
    assert nightly.branch() == ""
    assert said not in nightly.run()


@A_COMMIT
def test_the_scheduled_job_leaves_a_review_alone_until_it_is_merged(
    nightly: NightlyJob, options: list[str]
) -> None:
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    reviewed = nightly.push_review(*options)
    for _night in range(2):
        assert "vendor-refresh has commits that this job did not make" in nightly.run(2)
        assert nightly.branch() == reviewed
    tools.git(nightly.review, "push", "--quiet", "origin", "HEAD:main")
    nightly.site.add("get-thing-8.md", page(8, parameter="X-Other-Name"))
    nightly.run()
    assert "X-Other-Name" in nightly.description()
    commits = tools.git(nightly.remote, "log", "--format=%s", f"main..{BRANCH}")
    assert commits == "Take in what the vendor changed\n"


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_the_scheduled_job_leaves_alone_what_is_pushed_while_it_runs(
    nightly: NightlyJob, is_taken_back: bool
) -> None:
    before = dict(nightly.site.pages)
    nightly.site.add("get-thing-7.md", NEW_NAME)
    nightly.run()
    if is_taken_back:
        nightly.site.pages.update(before)
    else:
        nightly.site.add("get-thing-8.md", page(8, parameter="X-Other-Name"))
    reviewed: list[str] = []

    def push_and_answer(handler: Handler) -> None:
        if not reviewed:
            reviewed.append(nightly.push_review("--message=A review"))
        nightly.site.send(handler, nightly.site.index_text().encode())

    nightly.site.behaviours["/llms.txt"] = push_and_answer
    assert "rejected" in nightly.run(1)
    assert [nightly.branch()] == reviewed


@pytest.mark.timeout(3600)
def test_the_check_passes_after_the_last_acceptance(maintained: Maintained) -> None:
    assert "contract accepted" in maintained.run("-m", "scripts.check")

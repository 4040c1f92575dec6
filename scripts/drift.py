"""What changed between two documents, and whom it breaks.

    python -m scripts.drift OLD NEW                        a report in Markdown
    python -m scripts.drift OLD NEW --json                 the same for programs; --json-schema describes it
    python -m scripts.drift OLD NEW --format html          a page for a browser; github annotates a pull request, text is a line a row
    python -m scripts.drift                                the accepted contract against openapi.yaml
    python -m scripts.drift OLD NEW --fail-on breaking     exit 1 only for what breaks callers; any (the default), none
    python -m scripts.drift OLD NEW --accepted FILE        leave changes out of --fail-on that a file accepts, each with a reason
    python -m scripts.drift OLD NEW --leave-internal       set aside what is marked x-internal, operations to fields
    python -m scripts.drift --rules                        every rule, and whom it breaks

OLD and NEW are files, or REVISION:PATH in this git repository. Exit codes: 0 the same contract, or nothing that --fail-on asks for; 1
changed, or an accepted change that no longer applies; 2 could not compare or write the report, why on stderr. What was not understood or
not compared is named on stderr, too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.common import child_process, limits
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer, json_text, show, show_json
from scripts.common.project import PACKAGE, ROOT
from scripts.contract.comparing.internal import without_internal
from scripts.contract.comparing.operations import compare
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.contract.reporting.decisions import (
    NO_DECISIONS,
    Decisions,
    read_decisions,
)
from scripts.contract.reporting.report import Report, report_on
from scripts.contract.reporting.side import NO_SIDE, Side
from scripts.contract.reporting.unreached import schemas_of
from scripts.intake import document as oas

_PRINTER = Printer("drift")


FORMATS = ("markdown", "json", "github", "text", "html")


def write_as(form: str, report: Report) -> str:
    """The report in one of FORMATS."""
    # A form is imported where it is asked for: importing is most of the time that small documents take, and a run writes one form.
    match form:
        case "markdown":
            from scripts.contract.reporting.markdown import markdown

            return markdown(report)
        case "json":
            from scripts.contract.reporting.json_form import json_form

            return json_text(json_form(report))
        case "github":
            from scripts.contract.reporting.github import github

            return github(report)
        case "text":
            from scripts.contract.reporting.text import text

            return text(report)
        case "html":
            from scripts.contract.reporting.html import html

            return html(report)
        case _:
            raise ValueError(form)


def load(name: str, *, leave_internal: bool = False) -> tuple[Contract, Side]:
    """The contract of the document with this name, and where its parts stand. Raises DocumentError."""
    try:
        revision, _colon, path = name.rpartition(":")
        if revision and not Path(name).exists():
            data = _committed(revision, path)
        else:
            path = name
            revision = ""
            data = Path(name).read_bytes()
        source = oas.from_text(oas.decode(data))
        document = source.document
        positions = source.positions
        if leave_internal:
            document, positions = without_internal(document, positions)
        contract = read(document)
    except OSError as error:
        raise DocumentError(f"{name}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from None
    return contract, Side(path, positions, revision, schemas_of(document))


def _notices(name: str, contract: Contract) -> Iterator[str]:
    """What of a document is not compared, a sentence each."""
    for warning in contract.warnings:
        yield f"{name}: {warning}"
    for key, left in contract.left_out.items():
        yield f"{name}: {key} is left out, so its parts are not compared: {left.reason}"
    for key, operation in contract.operations.items():
        for part in operation.left_out_parts:
            yield (
                f"{name}: of {key}, the {part.name} is left out and not compared: {part.reason}"
            )


def _committed(revision: str, path: str) -> bytes:
    """The content of a file in a commit. Raises DocumentError with what git says."""
    command = ["git", "show", "--end-of-options", f"{revision}:{path}"]
    try:
        result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # no shell
    except FileNotFoundError:
        raise DocumentError("no such file, and git is not installed") from None
    if result.returncode:
        words = result.stderr.decode(errors="replace").split()
        raise DocumentError(f"no file of this name, and git says: {' '.join(words)}")
    return result.stdout


def _accepted() -> tuple[Contract, Side]:
    # Two documents are compared without it, and start sooner.
    from scripts.contract import lock

    contract, _version = lock.read()
    return contract, NO_SIDE


def _current() -> tuple[Contract, Side]:
    # Two documents are compared without these, and start sooner.
    from scripts.generator import origin
    from scripts.generator.current import current_contract
    from scripts.intake import record

    document = ROOT / "openapi.yaml"
    source = oas.source(document)
    notices = [record.edit_notice(document), origin.stale_notice(document, PACKAGE)]
    for notice in filter(None, notices):
        _PRINTER.warn(f"warning: {notice}")
    side = Side("openapi.yaml", source.positions)
    return current_contract(ROOT, source.document), side


def compare_documents(options: argparse.Namespace) -> Report:
    """The report on two documents, or on what openapi.yaml changes in the accepted contract. Raises DocumentError, GenerationError."""
    decisions = NO_DECISIONS
    if options.accepted:
        decisions = read_decisions(options.accepted)
    with limits.limited():
        if options.documents:
            old_name, new_name = options.documents
            old, old_side = load(old_name, leave_internal=options.leave_internal)
            new, new_side = load(new_name, leave_internal=options.leave_internal)
        else:
            old, old_side = _accepted()
            new, new_side = _current()
        changes = compare(old, new)
        report = report_on(changes, old, new, old_side, new_side, decisions)
    # Only now: where a limit is reached, that is all that there is to say.
    if options.documents:
        for notice in [*_notices(old_name, old), *_notices(new_name, new)]:
            _PRINTER.warn(notice)
    return report


def exit_code(report: Report, fail_on: str, decisions: Decisions) -> int:
    """0 or 1, as --fail-on asks. Names accepted changes that no longer apply: each is an error of the file."""
    stale = decisions.without_change(report.changes)
    for identifier in stale:
        _PRINTER.warn(f"{identifier} no longer applies; remove it from the file")
    if fail_on == "none":
        return 0
    if stale:
        return 1
    open_changes = [change for change in report.changes if report.is_open(change)]
    if fail_on == "breaking":
        open_changes = [change for change in open_changes if change.breaking]
    return 1 if open_changes else 0


def _write(path: Path, text: str) -> None:
    """Write a report to a file. Raises DocumentError."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise DocumentError(f"{path}: cannot be written: {error.strerror}") from None


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("drift", __doc__)
    add = parser.add_argument
    add("documents", nargs="*", metavar="OLD NEW", help="file or REVISION:PATH")
    add("--format", choices=FORMATS, default="markdown")
    add("--json", action="store_const", const="json", dest="format", help="--format json")  # fmt: skip
    add("--output", type=Path, metavar="FILE", help="write the report there")
    add("--fail-on", choices=("breaking", "any", "none"), default="any", help="what makes the exit code 1")  # fmt: skip
    add("--accepted", type=Path, metavar="FILE", help="changes that are accepted, each with a reason")  # fmt: skip
    add("--leave-internal", action="store_true", help="set x-internal parts aside")
    add("--rules", action="store_true", help="list every rule, and whom it breaks")
    add("--json-schema", action="store_true", help="describe the form of --json")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if len(options.documents) not in (0, 2):
        parser.error("give two documents, or none for the accepted contract")
    try:
        if options.rules:
            from scripts.contract.reporting.rules import rules_table

            show(rules_table())
            return 0
        if options.json_schema:
            from scripts.contract.reporting.json_form import json_schema

            show_json(json_schema())
            return 0
        report = compare_documents(options)
        with limits.limited():
            written = write_as(options.format, report)
        if options.output:
            _write(options.output, f"{written}\n")
        elif written:
            show(written)
        return exit_code(report, options.fail_on, report.decisions)
    except BrokenPipeError:
        # The reader has left; not even the interpreter may write as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except (DocumentError, GenerationError, OSError) as error:
        _PRINTER.fail(error)
        return 2
    except Exception as error:  # a traceback would exit with 1, which means changed
        _PRINTER.warn(f"cannot compare: {type(error).__name__}: {error}")
        return 2


if __name__ == "__main__":
    child_process.supervise("drift")
    child_process.end(main())

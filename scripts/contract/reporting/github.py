"""A report as workflow commands of GitHub, which annotate lines of the new document."""

from __future__ import annotations

from scripts.common.printer import visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.notes import notes_in_words
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.rows import Row
from scripts.contract.reporting.summary import VERSION_STEPS
from scripts.contract.reporting.values import place, sides_in_words


def github(report: Report) -> str:
    """A notice with the summary, then an annotation for each change: an error for what breaks and is not accepted."""
    if not report.changes:
        return ""
    step = VERSION_STEPS[report.summary.step]
    lines = [f"::notice title=Drift::{_escaped(report.summary.sentence())} {step}"]
    for section in report.sections():
        for group in section.groups:
            for row in group.rows:
                lines += [_annotation(report, change) for change in row.changes]
    return "\n".join(lines)


def _annotation(report: Report, change: Change) -> str:
    is_error = change.breaking and report.is_open(change)
    properties = []
    if report.new.name:
        properties.append(f"file={_escaped_property(visible(report.new.name))}")
    position = report.new.position(change.new_at)
    if position:
        properties.append(f"line={position[0]},col={position[1]}")
    properties.append(f"title={_escaped_property(change.what)}")
    where = visible(place(change.where))
    sentence = f"{change.what}{sides_in_words(change)}"
    notes = notes_in_words(report, Row(change, change.where))
    message = _escaped(f"{where}: {sentence}{notes}")
    kind = "error" if is_error else "notice"
    return f"::{kind} {','.join(properties)}::{message}"


def _escaped(text: str) -> str:
    """Text in the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    """Text in a property of a workflow command."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")

"""A report as one page of HTML that needs nothing else: no scripts, styles or pictures from elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path

from scripts.common.printer import LONGEST_VALUE, MOST_ITEMS, shortened, visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.advice import advice
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.headings import (
    FEW_OPERATIONS,
    broken_calls,
    reasons_to_look,
    title,
    unreached,
    where,
)
from scripts.contract.reporting.markdown import lines_of_row
from scripts.contract.reporting.notes import notes_in_words
from scripts.contract.reporting.owners import Kind, Owner
from scripts.contract.reporting.reasons import kinds_with_reasons, reason
from scripts.contract.reporting.report import Report, Section
from scripts.contract.reporting.rows import Group, Row
from scripts.contract.reporting.summary import VERSION_STEPS, Count
from scripts.contract.reporting.values import further_in_words, side_in_words

_STYLE = Path(__file__).with_name("report.css")
_SCRIPT = Path(__file__).with_name("report.js")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def html(report: Report) -> str:
    """The summary, then each section with its groups; a field to search and a box to hide what does not break."""
    name = "Drift"
    if report.old.name and report.new.name:
        name = " → ".join(_short_names(report.old.name, report.new.name))
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(name)}</title>",
        f"<style>\n{_STYLE.read_text('utf-8')}</style>",
        "<header>",
        f"<p class=eyebrow>API contract drift</p><h1>{title(report, _text, '→')}</h1>",
        _names(report),
        _verdict(report),
        "</header>",
        "<main>",
    ]
    if report.changes:
        lines += [_cards(report), _advice(report), _controls()]
        lines += [_section(report, section) for section in report.sections()]
        lines.append(_reasons(report))
    last_line = unreached(report, _code)
    if last_line:
        lines.append(f"<p class=names>{last_line}</p>")
    lines += ["</main>", f"<script>\n{_SCRIPT.read_text('utf-8')}</script>", "</html>"]
    return "\n".join(lines)


def _names(report: Report) -> str:
    """The names of both documents; nothing where one has none."""
    if not (report.old.name and report.new.name):
        return ""
    return f"<p class=names>{_code(report.old.title)} → {_code(report.new.title)}</p>"


def _short_names(old: str, new: str) -> tuple[str, str]:
    """The names of two files without the folders, if they still differ."""
    short = (Path(old).name, Path(new).name)
    if short[0] == short[1]:
        return old, new
    return short


def _verdict(report: Report) -> str:
    """One sentence: what this means for callers."""
    summary = report.summary
    if not report.changes:
        return '<p class="verdict same">No drift: the contract is the same.</p>'
    kind = "breaks" if summary.breaking else "fits"
    step = VERSION_STEPS[summary.step]
    broken = broken_calls(summary, _code)
    if broken:
        broken = f"<br>{broken}"
    return f'<p class="verdict {kind}">{_text(summary.sentence())} {step}{broken}</p>'


def _cards(report: Report) -> str:
    summary = report.summary
    cards = [
        _card("Operations", summary.operations),
        _card("Types", summary.types),
    ]
    numbers = [("breaking", summary.breaking), ("compatible", summary.compatible)]
    if summary.worth_a_look:
        numbers.append(("of these worth a look", summary.worth_a_look))
    if summary.accepted:
        numbers.append(("accepted", summary.accepted))
    items = "".join(
        f"<div class={_attribute(name)}><dd>{count}</dd><dt>{name}</dt></div>"
        for name, count in numbers
    )
    cards.insert(0, f"<section><h2>Changes</h2><dl>{items}</dl></section>")
    return f"<div class=cards>{''.join(cards)}</div>"


def _card(title: str, count: Count) -> str:
    items = "".join(
        f"<div><dd>{number}</dd><dt>{name}</dt></div>"
        for name, number in (
            ("added", count.added),
            ("removed", count.removed),
            ("changed", count.changed),
            ("of these breaking on the wire", count.breaking),
        )
    )
    return f"<section><h2>{title}</h2><dl>{items}</dl></section>"


def _advice(report: Report) -> str:
    """What callers do about the breaking changes, by kind; nothing where none breaks."""
    kinds = advice(report)
    if not kinds:
        return ""
    items = "".join(
        f"<tr><td class=times>{kind.times}</td><td class=rule>{kind.what}</td><td>{kind.action_in_words(_code)}</td></tr>"
        for kind in kinds
    )
    return f"<details class=advice open><summary><h2>What to do</h2></summary><table><tbody>{items}</tbody></table></details>"


def _reasons(report: Report) -> str:
    """Why each kind of change breaks callers or does not."""
    items = "".join(
        f"<tr><td class=rule>{_text(kind.what)}</td><td>{kind.verdict}</td><td>{_text(kind.reason)}</td></tr>"
        for kind in kinds_with_reasons(report.changes)
    )
    return f"<details class=advice><summary><h2>Why</h2></summary><table><tbody>{items}</tbody></table></details>"


def _controls() -> str:
    return (
        '<form class=controls><label>Search <input type=search id=search placeholder="operation, type, rule"></label>'
        "<output id=shown></output></form>"
    )


def _section(report: Report, section: Section) -> str:
    kind = section.kind
    changes = sum(len(row.changes) for group in section.groups for row in group.rows)
    is_open = " open"
    if kind == "accepted":
        is_open = ""
    groups = "".join(_group(report, group) for group in section.groups)
    return (
        f"<details class='section {kind}'{is_open}><summary><h2>{section.title}</h2>"
        f"<span class=count>{changes}</span></summary>{_reasons_to_look(section)}{groups}</details>"
    )


def _reasons_to_look(section: Section) -> str:
    """Why the changes of a section are worth a look; empty for other sections."""
    items = "".join(f"<li>{_text(reason)}</li>" for reason in reasons_to_look(section))
    return f"<ul class=reaches>{items}</ul>" if items else ""


def _group(report: Report, group: Group) -> str:
    rows = "".join(_row(report, row) for row in group.rows)
    return (
        f"<article><h3>{_heading(group.owner)}</h3>{_reaches(group.owner)}"
        f"<table><tbody>{rows}</tbody></table></article>"
    )


def _heading(owner: Owner) -> str:
    if owner.kind is Kind.OPERATION:
        method, _blank, path = owner.title.partition(" ")
        heading = (
            f"<span class=method>{_text(method)}</span> <code>{_text(path)}</code>"
        )
        if owner.name:
            heading += f" <small>{_text(owner.name)}</small>"
        return heading
    return _text(owner.title)


def _reaches(owner: Owner) -> str:
    """The operations that a shared part reaches; many unfold."""
    if not owner.reaches:
        return ""
    names = [_code(key) for key in owner.reaches]
    verb = "Reaches "
    if owner.kind is Kind.OPERATIONS:
        verb = ""
    if len(names) <= FEW_OPERATIONS:
        return f"<p class=reaches>{verb}{', '.join(names)}</p>"
    summary = f"Reaches {len(names)} operations"
    if owner.kind is Kind.OPERATIONS:
        summary = "All of them"
    return (
        f"<details class=reaches><summary>{summary}</summary>"
        f"<p>{', '.join(names)}</p></details>"
    )


def _row(report: Report, row: Row) -> str:
    change = row.shown
    kind = "breaking" if change.breaking else "compatible"
    accepted_because = report.reason(change)
    notes = ""
    words = notes_in_words(report, row, _code).removeprefix("; ")
    if words:
        notes += f"<p class=note>{words}</p>"
    if accepted_because:
        notes += f"<p class=note>Accepted: {_text(accepted_because)}</p>"
    lines = lines_of_row(report, row)
    why = reason(change)
    names = where(row, _code)
    place = ""
    if lines:
        place = f"<span class=lines>{lines}</span>"
    return (
        f"<tr class={kind} id={_attribute(row.change.identifier)}><td class=where>{names}{place}</td>"
        f"<td class=what><span class=rule title={_attribute(why)}>{_text(row.what)}</span>{_way(change)}{_values(row)}{notes}</td></tr>"
    )


def _way(change: Change) -> str:
    """The direction, where something travels."""
    words = direction(change)
    if not words:
        return ""
    return f" <span class=way>{words}</span>"


def _values(row: Row) -> str:
    """What it was and what it is."""
    before = _side(row, row.shown.before)
    after = _side(row, row.shown.after)
    values = []
    if before:
        values.append(f"<del>{before}</del>")
    if after:
        values.append(f"<ins>{after}</ins>")
    if not values:
        return ""
    return f"<div class=values>{' '.join(values)}</div>"


def _side(row: Row, value: object) -> str:
    """What it was, or what it is; of many values, those after the first few unfold."""
    words = side_in_words(row.change, value, _code)
    if words and row.shows_example:
        words = f"such as {words}"
    match value:
        case list() | dict() if len(value) > MOST_ITEMS:
            rest = further_in_words(value, _code)
            return f"{words}<details><summary>all others</summary>{rest}</details>"
    return words


def _text(text: str) -> str:
    """Text of a document in HTML: visible, short, and never markup."""
    return escape(visible(shortened(text, LONGEST_VALUE)))


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _attribute(text: str) -> str:
    return f'"{escape(visible(text))}"'

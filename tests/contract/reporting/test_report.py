"""A report that a reviewer can read at any size: a summary, rows under what they belong to, consequences under their cause."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import jsonschema_rs
import pytest

from scripts import drift
from scripts.contract.comparing.changes import RULES, Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from scripts.contract.reporting.advice import action
from scripts.contract.reporting.html import html
from scripts.contract.reporting.json_form import json_form, json_schema
from scripts.contract.reporting.markdown import markdown
from scripts.contract.reporting.report import Report, report_on
from scripts.contract.reporting.text import text
from scripts.contract.reporting.values import in_a_sentence
from tests.contract.reporting.boxes import (
    BOXES,
    Json,
    answer,
    between,
    document,
    make_size_optional,
    part,
    ref,
    remove_odd,
    report,
)

Output = pytest.CaptureFixture[str]


def as_json(found: Report) -> Json:
    """What a program reads of `--json`."""
    return json.loads(json.dumps(json_form(found)))


def rows(found: Report) -> list[tuple[str, str]]:
    return [(change.rule, change.where) for change in found.changes]


def test_an_operation_that_goes_takes_its_classes_with_it_in_one_row() -> None:
    found = report(remove_odd)
    assert rows(found) == [("operation-removed", "odd")]
    consequences = found.changes[0].consequences
    assert {(c.rule, c.where) for c in consequences} == {("class-removed", "Odd"), ("class-removed", "Part")}  # fmt: skip
    assert "with it 2 classes removed: `Odd`, `Part`" in text(found)


def test_an_operation_that_comes_brings_its_classes_in_one_row() -> None:
    def add(d: Json) -> None:
        d["paths"]["/new"] = {
            "get": {"operationId": "new", "responses": answer(ref("New"))}
        }
        d["components"]["schemas"]["New"] = {"type": "object", "properties": {"a": {}}}

    assert rows(report(add)) == [("operation-added", "new")]


def test_a_row_breaks_if_what_follows_from_it_does() -> None:
    def drop_part(d: Json) -> None:
        d["paths"]["/odd"]["get"]["responses"]["404"] = answer(ref("Part"))["200"]
        d["components"]["schemas"]["Odd"]["properties"] = {}

    def drop_error(d: Json) -> None:
        drop_part(d)
        del d["paths"]["/odd"]["get"]["responses"]["404"]

    old_document = document()
    drop_part(old_document)
    new_document = document()
    drop_error(new_document)
    old = read(old_document)
    new = read(new_document)
    (row,) = compare(old, new)
    assert (row.rule, row.breaking, row.breaks_by_itself) == ("error-response-removed", True, False)  # fmt: skip


def test_authentication_that_changes_for_many_operations_is_one_row() -> None:
    def change(d: Json) -> None:
        for item in d["paths"].values():
            if "security" in item["get"]:
                item["get"]["security"] = [{"token": []}]

    found = report(change)
    assert [row.rule for row in found.changes] == ["authentication-changed"]
    assert len(found.changes[0].operations) == BOXES
    assert len(as_json(found)["changes"][0]["operations"]) == BOXES


def test_a_renamed_type_takes_the_names_inside_it_along() -> None:
    def rename(d: Json) -> None:
        schemas = d["components"]["schemas"]
        schemas["Odd"]["properties"]["inner"] = {
            "type": "object",
            "properties": {"x": {}},
        }

    def renamed(d: Json) -> None:
        rename(d)
        schemas = d["components"]["schemas"]
        schemas["Strange"] = schemas.pop("Odd")
        d["paths"]["/odd"]["get"]["responses"] = answer(ref("Strange"))

    before = document()
    rename(before)
    after = document()
    renamed(after)
    (row,) = compare(read(before), read(after))
    assert (row.before, row.after) == ("Odd", "Strange")
    assert [(c.before, c.after) for c in row.consequences] == [("OddInner", "StrangeInner")]  # fmt: skip


def test_the_summary_counts_operations_types_and_what_breaks() -> None:
    def edit(d: Json) -> None:
        remove_odd(d)
        make_size_optional(d)
        d["paths"]["/new"] = {"get": {"operationId": "new", "responses": answer({})}}

    summary = report(edit).summary
    assert vars(summary.operations) == {"added": 1, "removed": 1, "changed": BOXES, "breaking": BOXES}  # fmt: skip
    assert vars(summary.types) == {"added": 0, "removed": 2, "changed": 1, "breaking": 1}  # fmt: skip
    assert (summary.breaking, summary.compatible, summary.step) == (2, 1, "major")


def test_a_shared_part_is_shown_once_with_the_operations_that_it_reaches() -> None:
    shown = markdown(report(make_size_optional))
    assert shown.count("| `Box.size` | field made optional | received |") == 1
    assert f"Reaches {BOXES} operations: `GET /box/0`" in shown
    assert "and 9 more" in shown


def test_the_same_change_of_many_operations_is_shown_once_for_people() -> None:
    def edit(d: Json) -> None:
        for item in d["paths"].values():
            item["get"]["parameters"] = [{"name": "page", "in": "query", "schema": {"type": "integer"}}]  # fmt: skip

    found = report(edit)
    assert markdown(found).count("| parameter added") == 1
    assert f"### {BOXES + 1} operations\n\n`GET /box/0`, " in markdown(found)
    assert f"`GET /box/{BOXES - 1}`" in markdown(found)
    assert len(as_json(found)["changes"]) == BOXES + 1


def test_breaking_changes_come_first() -> None:
    def edit(d: Json) -> None:
        make_size_optional(d)
        d["components"]["schemas"]["Odd"]["properties"]["more"] = {"type": "string"}

    shown = markdown(report(edit))
    assert (
        shown.index("# Drift")
        < shown.index("## Breaking")
        < shown.index("## Compatible")
    )
    assert shown.index("field made optional") < shown.index("field added")


def test_long_lists_are_short_for_people_and_whole_for_programs() -> None:
    def edit(d: Json) -> None:
        del d["components"]["schemas"]["Box"]["properties"]["colour"]["enum"]

    found = report(edit)
    assert "and 32 more" in markdown(found)
    assert "colour39" not in markdown(found)
    change = next(c for c in as_json(found)["changes"] if c["rule"] == "enum-removed")
    assert len(change["before"]) == 40


def test_the_identifier_of_a_row_depends_on_nothing_but_the_row() -> None:
    def more(d: Json) -> None:
        make_size_optional(d)
        remove_odd(d)
        d["components"]["schemas"] = dict(reversed(d["components"]["schemas"].items()))

    def identifiers(found: Report) -> set[str]:
        return {change.identifier for change in found.changes}

    alone = identifiers(report(make_size_optional))
    assert len(alone) == 1
    assert alone < identifiers(report(more))


def test_every_report_in_json_fits_its_schema() -> None:
    schema = json_schema()
    jsonschema_rs.meta.validate(schema)
    for edit in (lambda d: None, remove_odd, make_size_optional):
        jsonschema_rs.validate(schema, as_json(report(edit)))


class Page(HTMLParser):
    """What a page loads, and the elements that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_self_contained_and_holds_text_of_the_document_as_text() -> None:
    hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"

    def edit(d: Json) -> None:
        d["components"]["schemas"]["Odd"]["properties"][hostile] = {"type": "string", "default": hostile}  # fmt: skip
        d["paths"][f"/{hostile}"] = {
            "get": {"operationId": hostile, "responses": answer({})}
        }

    page = Page()
    page.feed(html(report(edit)))
    assert page.loads == []
    assert "img" not in page.tags
    assert page.tags.count("script") == 1
    assert "article" in page.tags


# The command in a pipeline


@pytest.fixture
def files(tmp_path: Path) -> Callable[[Callable[[Json], object]], list[str]]:
    """Writes the document and an edited one, and returns their names."""

    def write(edit: Callable[[Json], object]) -> list[str]:
        changed = copy.deepcopy(document())
        edit(changed)
        for name, content in (("old.json", document()), ("new.json", changed)):
            (tmp_path / name).write_text(json.dumps(content), "utf-8")
        return [str(tmp_path / "old.json"), str(tmp_path / "new.json")]

    return write


Files = Callable[[Callable[[Json], object]], list[str]]


def add_field(d: Json) -> None:
    d["components"]["schemas"]["Odd"]["properties"]["more"] = {"type": "string"}


@pytest.mark.parametrize(
    ("edit", "fail_on", "code"),
    [
        (remove_odd, "breaking", 1),
        (add_field, "breaking", 0),
        (add_field, "any", 1),
        (remove_odd, "none", 0),
        (lambda d: None, "any", 0),
    ],
)
def test_fail_on_says_which_changes_fail_a_pipeline(
    files: Files, edit: Callable[[Json], object], fail_on: str, code: int
) -> None:
    assert drift.main([*files(edit), "--fail-on", fail_on]) == code


def decide(folder: Path, *entries: tuple[str, str]) -> str:
    path = folder / "accepted.yaml"
    accepted = [{"id": name, "reason": reason} for name, reason in entries]
    path.write_text(json.dumps({"accepted": accepted}), "utf-8")
    return str(path)


def test_an_accepted_change_fails_nothing_and_is_shown_with_its_reason(
    files: Files, tmp_path: Path, capsys: Output
) -> None:
    names = files(remove_odd)
    assert drift.main([*names, "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)["changes"]
    accepted = decide(tmp_path, (row["id"], "nobody calls it"))
    assert drift.main([*names, "--accepted", accepted]) == 0
    shown = capsys.readouterr().out
    assert "## Accepted" in shown
    assert "nobody calls it" in shown


def test_an_accepted_change_that_no_longer_applies_is_named(
    files: Files, tmp_path: Path, capsys: Output
) -> None:
    accepted = decide(tmp_path, ("field-removed-0123456789ab", "gone"))
    assert drift.main([*files(lambda d: None), "--accepted", accepted]) == 1
    assert "field-removed-0123456789ab no longer applies" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("{}", "`accepted` must be a list"),
        ("accepted: [{id: a}]", "a has no `reason`"),
        ("accepted: [{reason: b}]", "entry 1 has no `id`"),
        ("accepted: [{id: a, reason: b}, {id: a, reason: c}]", "a is there twice"),
        ("accepted: [", "not YAML"),
    ],
)
def test_a_file_of_decisions_that_says_no_reason_is_refused(
    files: Files, tmp_path: Path, capsys: Output, content: str, cause: str
) -> None:
    (tmp_path / "accepted.yaml").write_text(content, "utf-8")
    path = str(tmp_path / "accepted.yaml")
    assert drift.main([*files(remove_odd), "--accepted", path]) == 2
    assert cause in capsys.readouterr().err


def test_every_kind_of_breaking_change_has_its_own_advice() -> None:
    for name, rule in RULES.items():
        for effect in rule.effects:
            change = Change(name, "", breaking=True, effect=effect)
            if change.breaks_by_itself:
                assert action(change) != action(Change("unknown", "", breaking=True))


def test_a_report_says_what_to_do_about_each_kind_of_break_and_how_often_it_occurs() -> (
    None
):
    found = report(make_size_optional)
    assert "| field made optional (received) | 1 | Expect objects without the field. |" in markdown(found)  # fmt: skip
    assert "Expect objects without the field." in html(found)


@pytest.mark.parametrize(
    ("body", "travels", "advice"),
    [
        (False, "received", "Stop reading the field."),
        (True, "sent and received", "Stop sending and reading the field."),
    ],
)
def test_a_row_says_whether_its_value_is_sent_or_received_and_the_advice_fits(
    *, body: bool, travels: str, advice: str
) -> None:
    def with_body(d: Json) -> None:
        if body:
            content = {"application/json": {"schema": ref("Odd")}}
            d["paths"]["/odd"]["post"] = {
                "operationId": "post_odd",
                "requestBody": {"content": content},
                "responses": answer({}),
            }

    def drop(d: Json) -> None:
        with_body(d)
        del d["components"]["schemas"]["Part"]["properties"]["name"]

    before = document()
    with_body(before)
    after = document()
    drop(after)
    old = read(before)
    new = read(after)
    found = report_on(compare(old, new), old, new)
    assert f"| `Part.name` | field removed | {travels} | `string` |" in markdown(found)
    assert f"| field removed ({travels}) | 1 | {advice} |" in markdown(found)
    assert f"field removed, {travels} (was `string`) [field-removed]" in text(found)
    assert f"<span class=way>{travels}</span>" in html(found)


def test_the_advice_names_the_few_types_that_changed_most_often() -> None:
    def odd(**types: str) -> Callable[[Json], None]:
        def edit(d: Json) -> None:
            properties = {name: {"type": type_} for name, type_ in types.items()}
            d["components"]["schemas"]["Odd"]["properties"] = properties

        return edit

    old = odd(a="integer", b="boolean", c="string", d="integer", e="boolean")
    found = between(
        old, odd(a="string", b="string", c="boolean", d="string", e="array")
    )
    most = ("integer -> string", "boolean -> array", "boolean -> string")
    in_markdown = ", ".join(f"`{each}`" for each in most)
    assert f"| 5 | Read the new type: {in_markdown} and 1 more. |" in markdown(found)
    assert "<code>boolean -&gt; array</code>, " in html(found)


def test_the_advice_counts_each_breaking_change_once() -> None:
    shown = markdown(report(remove_odd))
    assert "| operation removed | 1 |" in shown
    assert "| class removed | (2 in other rows) |" in shown
    assert "1 breaks callers" in shown


def test_a_report_starts_with_the_title_and_both_versions() -> None:
    def edit(d: Json) -> None:
        remove_odd(d)
        d["info"]["version"] = "2"

    assert markdown(report(edit)).startswith("# Drift: `T` `1` → `2`\n")
    assert markdown(report(remove_odd)).startswith("# Drift: `T` `1`\n")


def test_a_report_on_an_accepted_contract_shows_one_version() -> None:
    changed = document()
    remove_odd(changed)
    accepted = dataclasses.replace(read(document()), version="")
    new = read(changed)
    shown = markdown(report_on(compare(accepted, new), accepted, new))
    assert shown.startswith("# Drift: `T` `1`\n")


def test_the_summary_tells_breaks_on_the_wire_from_breaks_of_python_names() -> None:
    def rename(d: Json) -> None:
        d["paths"]["/box/0"]["get"]["operationId"] = "renamed"

    def both(d: Json) -> None:
        rename(d)
        remove_odd(d)

    assert "1 breaks callers (on the wire)" in text(report(remove_odd))
    assert "1 breaks callers (only in Python names)" in text(report(rename))
    assert "(1 on the wire, 1 only in Python names)" in text(report(both))
    assert as_json(report(both))["summary"]["breaking_names"] == 1


def test_what_concerns_every_call_comes_first_and_python_names_last() -> None:
    def edit(d: Json) -> None:
        make_size_optional(d)
        d["paths"]["/strange"] = d["paths"].pop("/odd")
        d["paths"]["/box/0"]["get"]["operationId"] = "renamed"

    breaking = markdown(report(edit)).partition("## Breaking")[2]
    assert (
        breaking.index("path changed")
        < breaking.index("field made optional")
        < breaking.index("operation id changed")
    )


NAMES = {name: {"type": "string"} for name in ("a", "b", "c")}


def test_fields_of_one_class_that_change_alike_are_one_row_for_people_alone() -> None:
    found = between(
        part(properties=NAMES, required=["a", "b"]), part(properties=NAMES, required=[])
    )
    assert "| `Part`: `a`, `b` | fields made optional | received | `required` | `optional` |" in markdown(found)  # fmt: skip
    assert "<code>Part</code>: <code>a</code>, <code>b</code>" in html(found)
    assert [row["where"] for row in as_json(found)["changes"]] == ["Part.a", "Part.b"]
    assert "Part: a, b: fields made optional, received" in text(found)


def test_values_that_one_field_loses_are_one_row_that_lists_them() -> None:
    found = between(
        part(properties={"a": {"type": "string", "enum": ["x", "y", "z"]}}),
        part(properties={"a": {"type": "string", "enum": ["z"]}}),
    )
    assert "| `Part.a` | enum values removed | received | `x`, `y` |  |" in markdown(found)  # fmt: skip


def test_a_field_that_is_gone_says_which_fields_came_instead() -> None:
    found = between(part(properties={"x": {"type": "integer"}}), part(properties=NAMES))
    assert "| `Part.x` | field removed; added in the same class: `a`, `b`, `c` |" in markdown(found)  # fmt: skip
    assert "added in the same class: <code>a</code>" in html(found)
    assert "| `Part`: `a`, `b`, `c` | fields added | received |  | `string` |" in markdown(found)  # fmt: skip


def test_another_operation_id_says_how_the_function_was_named_and_is() -> None:
    def rename(d: Json) -> None:
        d["paths"]["/odd"]["get"]["operationId"] = "getStrange"

    def unnamed(d: Json) -> None:
        del d["paths"]["/odd"]["get"]["operationId"]

    shown = markdown(between(unnamed, rename))
    assert "operation id added; with it 1 function renamed: `get_odd` -> `get_strange`" in shown  # fmt: skip
    assert "| function renamed |" not in shown


def test_an_alternative_without_a_name_has_a_number() -> None:
    def lengths(longest: int) -> Callable[[Json], None]:
        limited = {"type": "string", "maxLength": longest}
        return part(properties={"a": {"oneOf": [limited, {"type": "integer"}]}})

    found = between(lengths(5), lengths(9))
    assert "`Part.a (alternative 1)`" in markdown(found)
    assert "Part.a (alternative 1): limit loosened" in text(found)


def test_a_default_that_is_gone_says_what_leaving_the_value_out_means() -> None:
    def limit(**more: Json) -> Callable[[Json], None]:
        schema = {"type": "integer", **more}
        parameter = {"name": "limit", "in": "query", "schema": schema}

        def edit(d: Json) -> None:
            d["paths"]["/odd"]["get"]["parameters"] = [parameter]

        return edit

    shown = markdown(between(limit(default=5), limit()))
    assert "default removed; where it is left out, the service now decides | sent | `5` |" in shown  # fmt: skip


def test_a_field_that_only_required_still_names_is_said_to_be_no_longer_described() -> (
    None
):
    def odd(**properties: Json) -> Callable[[Json], None]:
        def edit(d: Json) -> None:
            odd = {"type": "object", "required": ["zones"], "properties": properties}
            d["components"]["schemas"]["Odd"] = odd

        return edit

    described = odd(zones={"type": "string"})
    there = text(between(described, odd()))
    back = text(between(odd(), described))
    assert "(`string` -> `any`); no longer described, only named in `required`" in there
    assert "(`any` -> `string`); was not described, only named in `required`" in back


def test_each_kind_of_change_says_once_why_it_breaks_callers_or_does_not() -> None:
    def edit(d: Json) -> None:
        make_size_optional(d)
        d["components"]["schemas"]["Odd"]["properties"]["more"] = {"type": "string"}

    why = markdown(report(edit)).partition("## Why")[2]
    assert "- field made optional: breaking, programs rely on it." in why
    assert "- field added: compatible, nobody has to use it." in why


def test_operations_that_two_parts_reach_are_named_once() -> None:
    def boxes(d: Json) -> None:
        boxes = {"type": "object", "properties": {"box": ref("Box"), "n": {}}}
        d["components"]["schemas"]["Boxes"] = boxes
        for number in range(BOXES):
            d["paths"][f"/box/{number}"]["get"]["responses"] = answer(ref("Boxes"))

    def both(d: Json) -> None:
        boxes(d)
        make_size_optional(d)
        del d["components"]["schemas"]["Boxes"]["properties"]["n"]

    shown = markdown(between(boxes, both))
    assert f"Reaches the same {BOXES} operations as `Box`" in shown


def test_a_type_is_the_heading_of_the_rows_that_name_it() -> None:
    """The variant of a union that comes is a type of its own, and the row is about the union."""

    def shapes(*names: str) -> Callable[[Json], None]:
        def edit(d: Json) -> None:
            schemas = d["components"]["schemas"]
            for name in ("Circle", "Line", "Arc"):
                fields = {name.lower(): {"type": "string"}}
                schemas[name] = {"type": "object", "properties": fields}
            schemas["Shape"] = {"oneOf": [ref(name) for name in names]}
            d["paths"]["/odd"]["get"]["responses"] = answer(ref("Shape"))

        return edit

    shown = markdown(between(shapes("Circle", "Line"), shapes("Circle", "Line", "Arc")))
    assert "### `Shape`" in shown
    assert "### `Arc`" not in shown


def test_an_operation_that_moves_is_reached_once() -> None:
    def edit(d: Json) -> None:
        d["components"]["schemas"]["Odd"]["properties"]["more"] = {"type": "string"}
        d["paths"]["/strange"] = d["paths"].pop("/odd")

    shown = markdown(report(edit))
    assert "| `GET /strange` |" in shown
    assert "`GET /odd`" not in shown


def test_blanks_around_a_value_are_seen() -> None:
    found = between(
        part(properties={"a": {"type": "string", "enum": ["b", " a"]}}),
        part(properties={"a": {"type": "string", "enum": ["b"]}}),
    )
    assert '`" a"`' in markdown(found)


def test_an_answer_without_content_is_said_in_words() -> None:
    def add(d: Json) -> None:
        d["paths"]["/odd"]["get"]["responses"]["204"] = {"description": "d"}

    found = report(add)
    assert "| `response 204` | success status added | received |  | no content |" in markdown(found)  # fmt: skip
    assert "no content" in html(found)
    assert as_json(found)["changes"][0]["after"] == {}


def test_a_report_without_a_break_gives_no_advice() -> None:
    def add(d: Json) -> None:
        d["components"]["schemas"]["Box"]["properties"]["new"] = {"type": "string"}

    found = report(add)
    assert "What to do" not in markdown(found) + html(found)


def test_internal_operations_are_left_aside_on_request(files: Files) -> None:
    def edit(d: Json) -> None:
        hidden = {"operationId": "hid", "x-internal": True, "responses": answer({})}
        d["paths"]["/odd"]["post"] = hidden
        d["paths"]["/inner"] = {"x-internal": True, "get": {"responses": answer({})}}

    names = files(edit)
    assert drift.main(names) == 1
    assert drift.main([*names, "--leave-internal"]) == 0


def test_a_prefix_that_moves_between_server_and_path_is_one_row_that_breaks_nobody() -> (
    None
):
    def edit(d: Json) -> None:
        d["servers"] = [{"url": "https://boxes.example"}]
        d["paths"] = {f"/v1{path}": item for path, item in d["paths"].items()}

    found = report(edit)
    assert [(c.rule, c.breaking) for c in found.changes] == [("prefix-moved", False)]


def test_a_left_out_operation_is_named_on_stderr(files: Files, capsys: Output) -> None:
    def edit(d: Json) -> None:
        d["paths"]["/far"] = {"get": {"responses": answer({"$ref": "other.yaml#/X"})}}

    names = files(edit)
    assert drift.main([names[1], names[1]]) == 0
    assert "GET /far is left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rule", "added", "other", "removed"),
    [
        ("format-changed", "format added", "format changed", "format removed"),
        ("default-changed", "default added", "default changed", "default removed"),
        ("limit-tightened", "limit added", "limit tightened", "limit tightened"),
        ("limit-loosened", "limit loosened", "limit loosened", "limit removed"),
        ("field-removed", "field removed", "field removed", "field removed"),
        ("operation-id-changed", "operation id added", "operation id changed", "operation id removed"),
    ],
)  # fmt: skip
def test_a_row_says_whether_a_format_default_limit_or_id_was_added_or_removed(
    rule: str, added: str, other: str, removed: str
) -> None:
    sides = ((None, "a"), ("b", "a"), ("b", None))
    rows = [Change(rule, "Box.size", False, *before_after) for before_after in sides]
    assert [row.what for row in rows] == [added, other, removed]


def test_a_row_says_why_an_operation_was_left_out_and_shortens_that_at_its_end() -> (
    None
):
    place = "#/paths/~1go:far/post/parameters/1"
    reason = f"left out: {place}: 'body' is no place; correct its `in` {'word ' * 60}"
    row = Change("operation-taken-in", "go", False, reason, "POST /go:far")
    shown = in_a_sentence(row)
    assert "(`left out: 'body' is no place; correct its 'in' word word" in shown
    assert "word …` -> `POST /go:far`)" in shown


def test_a_part_that_is_left_out_is_named_on_stderr(
    files: Files, capsys: Output
) -> None:
    def edit(d: Json) -> None:
        odd = {"in": "header", "name": "My Name"}
        d["paths"]["/odd"] = {"get": {"parameters": [odd], "responses": {}}}

    names = files(edit)
    assert drift.main([names[1], names[1]]) == 0
    assert (
        "of GET /odd, the header parameter My Name is left" in capsys.readouterr().err
    )


def test_operations_that_come_together_are_one_row_that_names_all_of_them() -> None:
    def add(d: Json) -> None:
        for number in range(4):
            responses = answer({"type": "object", "properties": {"a": {}}})
            added = {"operationId": f"new{number}", "responses": responses}
            d["paths"][f"/new/{number}"] = {"get": added}

    shown = markdown(report(add))
    assert shown.count("| operation added") == 1
    assert "with them 4 classes added" in shown
    assert "4 operations (GET /new/0, GET /new/1, GET /new/2, GET /new/3): added; with them" in text(report(add))  # fmt: skip
    assert all(f"`GET /new/{number}`" in shown for number in range(4))


def test_ids_that_change_differently_stay_rows_of_their_own() -> None:
    def rename(d: Json) -> None:
        for number in range(4):
            d["paths"][f"/box/{number}"]["get"]["operationId"] = f"renamed{number}"

    assert markdown(report(rename)).count("` | operation id changed;") == 4


def test_classes_that_go_alike_are_one_row() -> None:
    def kinds(wanted: Json) -> Callable[[Json], None]:
        def edit(d: Json) -> None:
            for name in ("Box", "Odd", "Part"):
                properties = d["components"]["schemas"][name]["properties"]
                properties["kind"] = wanted

        return edit

    before = document()
    kinds({"type": "string", "enum": ["one"]})(before)
    after = document()
    kinds({"type": "string", "const": "one"})(after)
    old = read(before)
    new = read(after)
    found = report_on(compare(old, new), old, new)
    assert {row.rule for row in found.changes} == {"class-removed"}
    assert markdown(found).count("3 classes removed") == 1
    assert "`BoxKind` (`Box.kind`), `OddKind` (`Odd.kind`), `PartKind` (`Part.kind`)" in markdown(found)  # fmt: skip
    assert "| `enum of string` | `constant of string` |" in markdown(found)

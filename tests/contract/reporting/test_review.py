"""A report that a reviewer who has never seen one reads in minutes: what changed, what breaks, what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import drift
from scripts.contract.reporting.changelog import changelog
from scripts.contract.reporting.github import github
from scripts.contract.reporting.html import html
from scripts.contract.reporting.json_form import json_form
from scripts.contract.reporting.markdown import markdown
from scripts.contract.reporting.text import text
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

Edit = Callable[[Json], None]
Output = pytest.CaptureFixture[str]
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def object_of(**fields: Json) -> Json:
    return {"type": "object", "properties": fields}


def schemas(**named: Json) -> Edit:
    """Replace shared schemas; `Odd` is what one operation answers."""

    def edit(d: Json) -> None:
        d["components"]["schemas"] |= named

    return edit


def fields(**properties: Json) -> Edit:
    return part(properties=properties)


def sent(**properties: Json) -> Edit:
    """An operation that is sent an object with these fields."""

    def edit(d: Json) -> None:
        content = {"application/json": {"schema": ref("Sent")}}
        d["components"]["schemas"]["Sent"] = object_of(**properties)
        d["paths"]["/odd"]["post"] = {
            "operationId": "send",
            "requestBody": {"content": content},
            "responses": answer({}),
        }

    return edit


def parameter(**keywords: Json) -> Edit:
    def edit(d: Json) -> None:
        stated = {"name": "limit", "in": "query", **keywords}
        d["paths"]["/odd"]["get"]["parameters"] = [stated]

    return edit


# What a reader sees first


def test_the_text_begins_with_the_versions_and_the_operations_whose_calls_break() -> (
    None
):
    def edit(d: Json) -> None:
        remove_odd(d)
        make_size_optional(d)
        d["info"]["version"] = "2"

    found = report(edit)
    first, second, third = text(found).splitlines()[:3]
    assert first == "T 1 -> 2"
    assert second.startswith("2 changes: 2 break callers (on the wire)")
    assert third == f"Calls of all {BOXES + 1} operations break."
    assert f"Calls of all {BOXES + 1} operations break." in markdown(found)


def test_a_part_of_the_operations_that_break_is_counted_and_named() -> None:
    found = between(fields(name=TEXT), fields())
    sentence = "Calls of one operation break: "
    assert f"{sentence}GET /odd." in text(found)
    assert f"{sentence}`GET /odd`." in markdown(found)
    assert f"{sentence}<code>GET /odd</code>." in html(found)


def test_the_text_says_what_each_part_reaches_and_what_to_do() -> None:
    shown = text(between(fields(name=TEXT), fields(name=NUMBER)))
    assert "\nPart (reaches GET /odd)\n" in shown
    assert "    To do: Read `integer`, no longer `string`." in shown


def test_the_text_shows_the_same_change_of_many_operations_once() -> None:
    def drop(d: Json) -> None:
        for item in d["paths"].values():
            item["get"]["parameters"] = []

    def page(d: Json) -> None:
        for item in d["paths"].values():
            item["get"]["parameters"] = [{"name": "page", "in": "query", "schema": TEXT}]  # fmt: skip

    shown = text(between(page, drop))
    assert shown.count("parameter removed") == 1
    assert f"query parameter page of {BOXES + 1} operations: parameter removed" in shown


def test_the_same_change_of_several_types_is_one_row_that_names_them() -> None:
    names = ("Box", "Odd", "Part")

    def code(**keywords: Json) -> Edit:
        def edit(d: Json) -> None:
            for name in names:
                properties = d["components"]["schemas"][name]["properties"]
                properties["code"] = {"type": "string", **keywords}

        return edit

    found = between(code(), code(maxLength=3, deprecated=True))
    assert "Box.code; Odd.code; Part.code: deprecated" in text(found)
    assert f"; reach {BOXES + 1} operations" in text(found)
    assert "`Box.code`; `Odd.code`; `Part.code`" in markdown(found)
    assert len(found.changes) == 2 * len(names)


def test_every_change_is_in_one_row_of_a_report() -> None:
    def edit(d: Json) -> None:
        make_size_optional(d)
        for name, properties in (("Box", ["a", "b"]), ("Odd", ["a"]), ("Part", ["a"])):
            for added in properties:
                d["components"]["schemas"][name]["properties"][added] = TEXT
        for item in d["paths"].values():
            item["get"]["parameters"] = [{"name": "page", "in": "query", "schema": TEXT}]  # fmt: skip

    found = report(edit)
    shown = []
    for section in found.sections():
        for group in section.groups:
            for each in group.rows:
                shown += [change.identifier for change in each.changes]
    assert sorted(shown) == sorted(change.identifier for change in found.changes)
    assert len(shown) == BOXES + 1 + 4 + 1


def test_the_counts_say_how_many_of_the_changed_operations_break() -> None:
    def edit(d: Json) -> None:
        d["components"]["schemas"]["Box"]["properties"]["new"] = TEXT
        d["components"]["schemas"]["Part"]["properties"] = {}

    found = report(edit)
    assert f"Operations: 0 added, 0 removed, {BOXES + 1} changed (1 breaking)." in text(
        found
    )
    assert f"| operations | 0 | 0 | {BOXES + 1} | 1 |" in markdown(found)


# Where it stands


@pytest.fixture
def compared(tmp_path: Path, capsys: Output) -> Callable[[Edit, Edit], str]:
    """The text that the command writes about two edits of the document, with its lines."""

    def run(before: Edit, after: Edit) -> str:
        for name, edit in (("old.json", before), ("new.json", after)):
            changed = document()
            edit(changed)
            (tmp_path / name).write_text(json.dumps(changed, indent=1), "utf-8")
        names = [str(tmp_path / "old.json"), str(tmp_path / "new.json")]
        drift.main([*names, "--format", "text"])
        return capsys.readouterr().out

    return run


Compared = Callable[[Edit, Edit], str]


def test_what_is_removed_is_shown_in_the_old_document_and_the_rest_in_the_new_one(
    compared: Compared,
) -> None:
    shown = compared(fields(gone=TEXT, kept=TEXT), fields(kept=NUMBER))
    removed = next(line for line in shown.splitlines() if "field removed" in line)
    changed = next(line for line in shown.splitlines() if "type changed" in line)
    assert "/old.json:" in removed
    assert "/new.json:" in changed


# Renames


def test_a_field_whose_type_is_added_under_another_name_is_probably_renamed() -> None:
    def edit(name: str) -> Edit:
        return schemas(Odd=object_of(**{name: ref("Part")}))

    found = between(edit("data"), edit("output"))
    assert "field removed, received (was `Part`); probably renamed: `output`" in text(found)  # fmt: skip
    assert "    To do: Read `output` instead of `data`." in text(found)
    assert "field added, received (`Part`); probably was `data`" in text(found)
    assert "Read it under its new name: `Odd.data -> output`." in markdown(found)
    assert "probably renamed: `output`" in github(found)


@pytest.mark.parametrize(
    ("removed", "added", "note"),
    [
        ("prompt", ["prompts", "size"], "probably renamed: `prompts`"),
        ("part_id", ["id", "size"], "probably renamed: `id`"),
        ("version", ["cuda_version", "driver_version"], "perhaps replaced by"),
        ("event_name", ["event_title"], "perhaps replaced by `event_title`"),
        ("token", ["user"], "perhaps replaced by `user`"),
        (
            "reason",
            ["season_ticket", "size"],
            "added in the same class: `season_ticket`, `size`",
        ),
    ],
)
def test_the_nearest_names_are_said_to_stand_in_the_place_of_a_removed_field(
    removed: str, added: list[str], note: str
) -> None:
    found = between(
        fields(**{removed: TEXT}), fields(**dict.fromkeys(reversed(added), TEXT))
    )
    assert f"field removed, received (was `string`); {note}" in text(found)


@pytest.mark.parametrize(
    ("added", "is_named"), [("MERCHANT_NAME", True), ("GAMES", False)]
)
def test_a_value_that_another_one_contains_is_perhaps_replaced_by_it(
    added: str, *, is_named: bool
) -> None:
    found = between(fields(a={"enum": ["NAME", "x"]}), fields(a={"enum": [added, "x"]}))
    assert (f"perhaps replaced by `{added}`" in text(found)) == is_named


def test_two_fields_that_may_have_become_one_are_not_said_to_be_renamed() -> None:
    found = between(fields(box_id=TEXT, lid_id=TEXT), fields(id=TEXT))
    assert "probably renamed" not in text(found)


def test_the_id_of_a_type_is_the_field_that_had_the_name_of_the_type() -> None:
    found = between(fields(part_id=TEXT, lid_id=TEXT), fields(id=TEXT))
    assert "probably renamed: `part_id` -> `id`" in text(found)
    assert "To do: Read `id` instead of `part_id`; stop reading `lid_id`." in text(found)  # fmt: skip


# Types that the old document stated in the wrong place


SWAGGER_2 = parameter(type="integer")


def untyped_answer(d: Json) -> None:
    d["paths"]["/odd"]["get"]["responses"] = {"200": {"description": "d", "schema": ref("Part")}}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SWAGGER_2, parameter(schema=NUMBER)),
        (untyped_answer, schemas()),
    ],
)
def test_a_type_that_stood_where_it_is_not_read_is_typed_for_the_first_time(
    tmp_path: Path, capsys: Output, before: Edit, after: Edit
) -> None:
    for name, edit in (("old.json", before), ("new.json", after)):
        changed = document()
        edit(changed)
        (tmp_path / name).write_text(json.dumps(changed), "utf-8")
    names = [str(tmp_path / "old.json"), str(tmp_path / "new.json")]
    assert drift.main([*names, "--format", "text"]) == 1
    shown = capsys.readouterr().out
    assert "1 breaks callers (typed for the first time)" in shown
    assert "Typed for the first time: the old document states" in shown
    assert "the service need not have changed" in shown
    assert "Calls of" not in shown
    drift.main(names)
    assert "| typed for the first time | 1 |" in capsys.readouterr().out
    assert drift.main([*names, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["summary"]["first_typed"] == 1
    assert [change["first_typed"] for change in said["changes"] if change["breaking"]] == [True]  # fmt: skip


def test_a_type_that_the_old_document_states_nowhere_breaks_on_the_wire() -> None:
    found = between(parameter(), parameter(schema=NUMBER))
    assert "(on the wire)" in text(found)


# Compatible, but worth a look


@pytest.mark.parametrize(
    ("before", "after", "is_worth_a_look"),
    [
        (fields(a={"enum": ["x"]}), fields(a={"enum": ["x", "y"]}), True),
        (sent(a={"enum": ["x"]}), sent(a={"enum": ["x", "y"]}), False),
        (sent(a={"default": "x"}), sent(a={}), True),
        (sent(a={"default": "x"}), sent(a={"default": "y"}), True),
        (sent(a={"default": 16}), sent(a={"default": "16"}), False),
        (sent(a={}), sent(a={"default": "y"}), False),
        (fields(a={}), fields(a={"deprecated": True}), True),
        (fields(a=TEXT), fields(a=TEXT, b=TEXT), False),
    ],
)
def test_a_compatible_change_after_which_a_program_may_do_something_else_is_set_apart(
    before: Edit, after: Edit, *, is_worth_a_look: bool
) -> None:
    found = between(before, after)
    assert found.summary.breaking == 0
    assert ("=== Compatible, but worth a look ===" in text(found)) == is_worth_a_look
    assert ("(1 worth a look)" in markdown(found)) == is_worth_a_look
    changes = json.loads(json.dumps(json_form(found)))["changes"]
    assert [change["worth_a_look"] for change in changes] == [is_worth_a_look]


def test_the_reasons_to_look_are_stated_once() -> None:
    found = between(fields(a={"enum": ["x"]}), fields(a={"enum": ["x", "y", "z"]}))
    reason = "enum value added: code that has a case for each value"
    assert text(found).count(reason) == 1
    assert f"- {reason}" in markdown(found)
    assert f"<li>{reason}" in html(found)


# What nobody needs to see one by one


def test_defaults_that_are_only_written_otherwise_are_one_row() -> None:
    def defaults(*values: Json) -> Edit:
        return schemas(
            Odd=object_of(part=ref("Part"), a={"default": values[0]}),
            Part=object_of(b={"default": values[1]}, c={"default": values[2]}),
        )

    shown = text(between(defaults(16, 0.05, 1e-08), defaults("16", "0.05", "1e-8")))
    assert "Odd.a; Part: b, c: defaults now written as text, received (such as `16` -> `\"16\"`);" in shown  # fmt: skip
    assert shown.count("[default-changed]") == 1


def test_classes_of_enums_that_are_now_constants_are_one_row_with_their_places() -> (
    None
):
    def kinds(**kind: Json) -> Edit:
        return schemas(
            Odd=object_of(part=ref("Part"), kind=kind, type=kind),
            Part=object_of(kind=kind),
        )

    found = between(kinds(type="string", enum=["x"]), kinds(type="string", const="x"))
    assert "3 classes removed, enums of one value that are now constants" in text(found)  # fmt: skip
    assert "OddKind (Odd.kind), OddType (Odd.type), PartKind (Part.kind)" in text(found)
    assert "To do: Stop importing the class; write its one value itself." in text(found)  # fmt: skip
    assert changelog(found).count("\n") == 0


def test_many_values_are_short_in_text_and_unfold_on_the_page() -> None:
    values = [f"value{number}" for number in range(40)]
    found = between(fields(a={"enum": ["x"]}), fields(a={"enum": ["x", *values]}))
    assert "and 32 more" in text(found)
    assert "value39" not in text(found)
    assert "<summary>all others</summary>" in html(found)
    assert "<code>value39</code>" in html(found)


# What differs


def account(name: str, **balance: Json) -> Edit:
    """An account with a balance, of classes of its own. A base and a loan are in each document, so that none is renamed."""

    def edit(d: Json) -> None:
        for kind in ("Base", "Loan"):
            d["components"]["schemas"] |= {
                f"{kind}Account": object_of(id=TEXT, balance=ref(f"{kind}Balance")),
                f"{kind}Balance": object_of(sum=NUMBER),
            }
        d["components"]["schemas"] |= {
            "LoanBalance": object_of(sum=NUMBER, margin=NUMBER),
            "Odd": object_of(account=ref(f"{name}Account")),
        }
        if balance:
            d["components"]["schemas"][f"{name}Balance"] = object_of(**balance)
        answers = {"oneOf": [ref("BaseAccount"), ref("LoanAccount")]}
        d["paths"]["/odd"]["get"]["responses"]["404"] = answer(answers)["200"]

    return edit


def test_a_class_in_the_place_of_another_says_which_fields_differ() -> None:
    found = between(account("Base"), account("Loan"))
    assert (
        "type changed, received (`BaseAccount` -> `LoanAccount`); all fields stay,"
        " and of these `balance` is `LoanBalance` instead of `BaseBalance` (with `margin`)"
    ) in text(found)


def test_a_class_that_has_all_of_the_one_that_it_replaces_breaks_names_alone() -> None:
    found = between(account("Base"), account("Loan"))
    assert "1 breaks callers (only in Python names)" in found.summary.sentence()
    assert "; only Python names break" in text(found)
    assert "Calls of" not in text(found)


@pytest.mark.parametrize(
    "balance", [{"margin": NUMBER}, {"sum": TEXT}, {"sum": {**NUMBER, "nullable": True}}]
)  # fmt: skip
def test_a_class_that_lacks_something_of_the_one_that_it_replaces_breaks_on_the_wire(
    balance: dict[str, Json],
) -> None:
    loan = account("Loan", **balance)

    def new(d: Json) -> None:
        d["openapi"] = "3.0.3"
        loan(d)

    found = between(account("Base"), new)
    (change,) = [each for each in found.changes if each.where == "Odd.account"]
    assert change.breaking
    assert change not in found.names_alone


def test_another_class_that_is_sent_breaks_on_the_wire() -> None:
    found = between(shared("Base"), shared("Loan"))
    (change,) = [c for c in found.changes if c.rule == "type-changed"]
    assert change.breaking
    assert change not in found.names_alone


def shared(name: str) -> Edit:
    def edit(d: Json) -> None:
        account("Base")(d)
        sent(account=ref(f"{name}Account"))(d)

    return edit


def test_an_object_that_something_else_replaces_is_described() -> None:
    def odd(part: Json) -> Edit:
        return schemas(Odd=object_of(part=part))

    found = between(odd(ref("Part")), odd(TEXT))
    assert "(`Part` -> `string`); `Part` was an object with `name`" in text(found)


def test_a_value_with_a_blank_at_its_start_is_said_to_have_one() -> None:
    found = between(
        fields(a={"type": "string", "enum": ["b", " a"]}),
        fields(a={"type": "string", "enum": ["b"]}),
    )
    assert 'enum value removed, received (was `" a"` with a leading blank)' in text(found)  # fmt: skip


def test_operations_that_are_generated_at_last_say_why_they_were_not() -> None:
    def far(**content: Json) -> Edit:
        def edit(d: Json) -> None:
            for name in "abc":
                stated = {"operationId": f"far_{name}", "responses": answer(content)}
                d["paths"][f"/{name}"] = {"get": stated}

        return edit

    shown = text(between(far(**{"$ref": "other.yaml#/X"}), far(type="string")))
    assert "3 operations (GET /a, GET /b, GET /c): generated for the first time (was `left out: " in shown  # fmt: skip


def test_changed_schemas_that_no_operation_reaches_are_named_in_the_last_line(
    compared: Compared,
) -> None:
    before = schemas(Hook=object_of(a=TEXT), Same=object_of(a=TEXT))
    after = schemas(Hook=object_of(a=NUMBER), Same=object_of(a={**TEXT, "title": "A"}))
    sentence = "Not compared: one changed schema that no operation of the client reaches: Hook."  # fmt: skip
    assert compared(before, after).splitlines()[0] == "No drift: the contract is the same."  # fmt: skip
    assert compared(before, after).splitlines()[-1] == sentence

    def both(d: Json) -> None:
        after(d)
        remove_odd(d)

    assert compared(before, both).splitlines()[-1] == sentence


# Authentication


def flow(**keywords: Json) -> Edit:
    """All operations want a token of the authorization code flow."""

    def edit(d: Json) -> None:
        stated = {"authorizationUrl": "https://a.example", "tokenUrl": "https://t.example", **keywords}  # fmt: skip
        d["components"]["securitySchemes"]["user"] = {
            "type": "oauth2",
            "flows": {"authorizationCode": stated},
        }
        for item in d["paths"].values():
            item["get"]["security"] = [{"user": []}]

    return edit


def test_a_scope_is_added_to_a_flow_or_removed_from_it_and_is_named() -> None:
    old = flow(scopes={"files:write": "w"})
    new = flow(scopes={"files:read": "r"}, tokenUrl="https://new.example")
    shown = text(between(old, new))
    assert "scope added (`files:read` of `authorizationCode`)" in shown
    assert "scope removed (was `files:write` of `authorizationCode`)" in shown
    assert "To do: Ask for tokens without the scope." in shown
    assert "flow changed (`tokenUrl` of `authorizationCode`: `https://t.example` -> " in shown  # fmt: skip


# What to do, by name


def test_a_value_that_is_gone_is_named_with_the_one_that_may_replace_it() -> None:
    old = sent(name={**TEXT, "enum": ["NAME", "ID"]})
    new = sent(name={**TEXT, "enum": ["MERCHANT_NAME", "ID"]})
    shown = text(between(old, new))
    assert "To do: Stop sending `NAME`, and see whether `MERCHANT_NAME` serves instead." in shown  # fmt: skip
    shown = text(between(old, sent(name={**TEXT, "enum": ["NAME"]})))
    assert "To do: Stop sending `ID`." in shown


def test_a_renamed_field_of_another_type_is_sent_with_that_type() -> None:
    many = {"type": "array", "items": TEXT}
    shown = text(between(sent(prompt=TEXT), sent(prompts=many)))
    assert "To do: Send `prompts` (`array of string`) instead of `prompt` (`string`)." in shown  # fmt: skip


def test_the_advice_says_what_stands_in_the_place_of_a_class() -> None:
    colour = {**TEXT, "enum": ["red", "green"]}
    shown = text(between(sent(colour=colour), sent(colour=TEXT)))
    assert "only Python names break" in shown
    assert "To do: Stop importing `SentColour`; use a plain `string`." in shown
    shown = text(between(sent(colour=colour), with_shared_colour(colour)))
    assert "To do: Import `Colour`, no longer `SentColour`." in shown


def test_the_advice_names_no_class_where_none_takes_the_place_of_one_that_is_gone() -> (
    None
):
    base = {"allOf": [ref("Part")], **object_of(size=NUMBER)}
    flat = object_of(name=TEXT, size=NUMBER)
    shown = text(between(schemas(Odd=base), schemas(Odd=flat)))
    assert "Part: class removed (was `object`)" in shown
    assert "To do: Stop importing the class; build or read what now stands in its place." in shown  # fmt: skip


def with_shared_colour(colour: Json) -> Edit:
    """The same values as before, in a schema of their own."""

    def edit(d: Json) -> None:
        sent(colour=ref("Colour"))(d)
        d["components"]["schemas"]["Colour"] = colour

    return edit


def test_a_field_that_nothing_describes_any_more_may_be_absent_or_anything() -> None:
    old = part(properties={"zones": TEXT}, required=["zones"])
    new = part(properties={}, required=["zones"])
    assert "To do: Expect objects without the field; where it comes, it may be any value." in text(between(old, new))  # fmt: skip


def test_the_limits_of_one_field_are_one_row() -> None:
    shown = text(between(sent(port=NUMBER), sent(port={**NUMBER, "minimum": 1, "maximum": 9})))  # fmt: skip
    assert "Sent.port: limits added, sent (`maximum 9`, `minimum 1`)" in shown


def test_one_limit_of_several_fields_is_one_row() -> None:
    limited = {**NUMBER, "maximum": 9}
    old = sent(port=NUMBER, size=NUMBER)
    new = sent(port=limited, size={**limited, "minimum": 1})
    shown = text(between(old, new))
    assert "Sent: port, size: limits added, sent (`maximum 9`)" in shown
    assert "Sent.size: limit added, sent (`minimum 1`)" in shown


def inline(**properties: Json) -> Edit:
    """An operation that answers an object without a class of its own in the document."""

    def edit(d: Json) -> None:
        d["paths"]["/odd"]["get"]["responses"] = answer(object_of(**properties))

    return edit


def test_the_advice_names_a_field_of_an_object_that_no_component_declares() -> None:
    shown = text(between(inline(a=TEXT, b=TEXT), inline(a=TEXT)))
    assert "response 200.b of odd: field removed" in shown
    assert "To do: Stop reading `b`." in shown
    shown = text(between(inline(size=TEXT), inline(max_size=TEXT)))
    assert "To do: Read `max_size` instead of `size`." in shown


def test_a_change_of_several_fields_of_such_an_object_is_one_row() -> None:
    report = between(inline(a=TEXT, b=TEXT), inline(a=NUMBER, b=NUMBER))
    assert "response 200 of odd: a, b: type changed" in text(report)
    assert "`response 200`: `a`, `b` | type changed" in markdown(report)


def test_limits_of_one_field_of_such_an_object_are_one_row() -> None:
    limited = {**NUMBER, "minimum": 1, "maximum": 9}
    report = between(inline(port=NUMBER), inline(port=limited))
    assert "response 200.port of odd: limits added" in text(report)


def query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema}


def shared_parameter(parameter: Json) -> Edit:
    """An operation with a parameter that a component declares."""

    def edit(d: Json) -> None:
        d["components"]["parameters"] = {"Limit": parameter}
        limit = {"$ref": "#/components/parameters/Limit"}
        d["paths"]["/odd"]["get"]["parameters"] = [limit]

    return edit


def parameter_of_path(parameter: Json) -> Edit:
    """An operation with a parameter that is declared for all operations on its path."""

    def edit(d: Json) -> None:
        d["paths"]["/odd"]["parameters"] = [parameter]

    return edit


def unchanged(_d: Json) -> None:
    """Change nothing."""


def test_the_advice_names_a_parameter_that_a_component_declares() -> None:
    old = shared_parameter(query("limit", NUMBER))
    assert "To do: Stop passing `limit`." in text(between(old, unchanged))


@pytest.mark.parametrize(
    ("declared", "holder"), [(shared_parameter, "(Limit)"), (parameter_of_path, "of /odd")]
)  # fmt: skip
def test_a_parameter_in_the_place_of_another_one_takes_its_name_from_no_row(
    declared: Callable[[Json], Edit], holder: str
) -> None:
    old = declared(query("limit", NUMBER))
    shown = text(between(old, declared(query("max_limit", TEXT))))
    assert f"query parameter limit {holder}: parameter removed" in shown
    assert f"query parameter max_limit {holder}: parameter added" in shown
    assert "To do: Pass `max_limit` (`string`) instead of `limit` (`integer`)." in shown


# What a part reaches


def test_an_operation_that_only_one_document_has_is_not_reached_by_a_change() -> None:
    def gone(d: Json) -> None:
        d["paths"]["/gone"] = {"get": {"operationId": "gone", "responses": answer(ref("Part"))}}  # fmt: skip

    def fresh(d: Json) -> None:
        d["paths"]["/new"] = {"get": {"operationId": "fresh", "responses": answer(ref("Part"))}}  # fmt: skip
        fields(name=NUMBER)(d)

    found = between(gone, fresh)
    assert "Part (reaches GET /odd)" in text(found)
    reached = {change.where: owner.reaches for owner, change in found.owned}
    assert reached["Part.name"] == ("GET /odd",)

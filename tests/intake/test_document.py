"""Reading documents that nobody vouches for, and finding their parts again."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake import yaml_text
from scripts.intake.markdown import Announcement
from scripts.intake.yaml_text import Pointer, at, pointer, reference, referred

FENCE = "````"

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERLIKE = st.from_regex(r"[-+.0-9eExo_:]{1,8}\Z")
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | NUMBERLIKE,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("2024-10-15", "2024-10-15"),
        ("1:30", "1:30"),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("+7", 7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("TRUE", True),
        ("~", None),
        ("''", ""),
        (".nan", ".nan"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ('!!int "12"', 12),
        ("|\n  12", "12\n"),
    ],
)
def test_scalars_are_read_by_the_core_schema_of_yaml_1_2(text: str, value: Any) -> None:
    (read,) = oas.parse(f"- {text}\n")
    assert read == value
    assert type(read) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert [*oas.parse("{200: a, true: b, 1.0: c}")] == ["200", "true", "1.0"]


@settings(max_examples=10, deadline=None)
@given(PLAIN)
def test_what_is_written_as_yaml_is_read_back_the_same(value: Any) -> None:
    assert repr(oas.parse(oas.to_yaml(value))) == repr(value)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(TEXT, PLAIN, min_size=1, max_size=3), st.booleans(), st.sampled_from([None, 1, "\t"]))  # fmt: skip
def test_json_is_read_as_json_and_each_key_is_found_again(
    value: Any, escaped: bool, indent: Any
) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    assert oas.parse(text) == json.loads(text)
    for place, (line, column) in oas.from_text(text).positions.items():
        if place and isinstance(oas.lookup(value, at(place[:-1])), dict):
            key = json.dumps(place[-1], ensure_ascii=escaped)
            assert text.split("\n")[line - 1][column - 1 :].startswith(key)


def test_characters_are_read_whatever_they_are() -> None:
    text = r'{"\ud83d\ude00": "\ud83d\ude00 and half of one \ud83d"}'
    assert oas.parse(text) == {"\U0001f600": "\U0001f600 and half of one \ufffd"}
    invisible = "description: \"a\u200db\u00ad\"\nexample: 'right \u202e left'\n"
    assert oas.parse(invisible)["description"] == "a\u200db\u00ad"
    assert oas.decode(b"\xef\xbb\xbfa: 1") == "a: 1"


def test_anchors_aliases_and_merge_keys_are_written_out() -> None:
    read = oas.parse(
        "base: &base {a: 1, b: 2}\nother: &other {a: 3, c: 4}\ncopy: *base\n"
        "one: {<<: *base, b: 5}\ntwo: {<<: [*base, *other], d: 6}\ntext: {'<<': 1}"
    )
    assert read["copy"] == read["base"] == {"a": 1, "b": 2}
    assert read["copy"] is not read["base"]
    assert read["one"] == {"a": 1, "b": 5}
    assert read["two"] == {"a": 1, "b": 2, "c": 4, "d": 6}
    assert read["text"] == {"<<": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &a [*a]", "line 1, column 8: the alias *a"),
        ("a: *b", "the alias *b"),
        ("a: 1\nb: {<<: 2}", "line 2, column 5: '<<' can only merge mappings"),
        ("a: !!python/name:os.system x", "line 1, column 4: the YAML tag"),
        ("a: 1\n'a': 2", "line 2, column 1: the key 'a' is repeated"),
        ('{"a": {"b": 1,\n "b": 2}}', "line 2, column 2: the key 'b' is repeated"),
        ("a: 1\n---\nb: 2", "line 3, column 1: a second document"),
        ("? [a]\n: 1", "a key that is not text"),
        ("# nothing", "line 1: nothing inside"),
        ("a: [1\n", "not YAML: line 2"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\n", "not YAML: line 2: the conflict of a"),
        ("b: é\na: \x00", "not YAML: line 2: the character U+0000"),
        ('{"a": 1,\n}', "not JSON: line 2, column 1"),
        ('{"a":\n 1e999}', "line 2, column 2: a number that is too large"),
        (f"a: {'9' * 3600}", "a number that is too large"),
        ("[" * 200 + "]" * 200, "nested deeper"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested deeper"),
        ('{"a":' * 100_000, "nested deeper"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        oas.parse(text)
    assert message in str(caught.value)


def test_size_is_limited_aliases_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match="larger than"):
        oas.decode(b" " * (oas.MAX_BYTES + 1))
    monkeypatch.setattr(yaml_text, "MAX_NODES", 5)
    assert oas.parse("[&a [1], *a]") == [[1], [1]]
    with pytest.raises(DocumentError, match="more than 5 values"):
        oas.parse("[&a [1, 2], *a]")
    monkeypatch.setattr(yaml_text, "MAX_NODES", 100)
    monkeypatch.setattr(yaml_text, "MAX_COPIED", 10)
    assert oas.parse("[&a {key: text}, *a]") == [{"key": "text"}] * 2
    with pytest.raises(DocumentError, match="column 22: aliases stand for more than"):
        oas.parse("[&a {key: text}, *a, *a]")


def test_reading_grows_no_faster_than_the_file(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}

    def spent(size: int) -> float:
        text = json.dumps({f"Schema{n}": schema for n in range(size)}, indent=1)
        never_closed = page(tmp_path, f"{FENCE}yaml GET /x\n" * size * 3)
        started = time.process_time()
        oas.parse(text)
        with pytest.raises(DocumentError, match="never closed"):
            oas.read(never_closed)
        return time.process_time() - started

    # Twenty times as much; what grew with the square would take four hundred times as long.
    assert spent(20_000) < 100 * spent(1_000)


def test_each_part_has_a_line_and_a_column() -> None:
    text = "# a\npaths:\n  /a: &a\n    tags: [x, y]\n  /b:\n    post: *a\n"
    positions = oas.from_text(text, line=11).positions
    assert positions[()] == (12, 1)
    assert positions["paths", "/a"] == (13, 3)
    assert positions["paths", "/a", "tags", "1"] == (14, 15)
    assert positions["paths", "/a", "not there", "at all"] == (13, 3)
    assert positions["paths", "/b", "post", "tags"] == (16, 5)


def page(tmp_path: Path, content: str | bytes, name: str = "page.md") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_page_gives_the_text_of_its_fence_and_the_line_it_begins_on(
    tmp_path: Path,
) -> None:
    content = f"# A\n\n{FENCE}yaml GET /a\nb: 1\n{FENCE}\n\n```yaml\nsome: example\n```\n{FENCE}`json\n[1]\n{FENCE}`\n"
    path = page(tmp_path, content)
    assert [
        (s.text, s.document, s.line, s.announcement) for s in oas.sources(path)
    ] == [
        ("b: 1\n", {"b": 1}, 4, Announcement("get", "/a")),
        ("[1]\n", [1], 11, None),
    ]
    with pytest.raises(DocumentError, match="holds 2 documents"):
        oas.read(path)


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "a.md", "a"])
def test_a_bare_document_is_read_whatever_its_file_is_called(
    tmp_path: Path, name: str
) -> None:
    text = '{"openapi": "3.0.0"}' if name == "a.json" else "openapi: 3.0.0\n"
    assert oas.read(page(tmp_path, text, name)) == {"openapi": "3.0.0"}


OPEN = f"# A\n{FENCE}yaml GET /a\nopenapi: 3.0.0\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("page.md", "# nothing here\n", "no fence"),
        (
            "page.md",
            "openapi: 3.0.0\ninfo: [\n",
            "no fence of four backticks opened by 'yaml METHOD /path'; taken as a whole, not YAML: line 3",
        ),
        ("page.md", OPEN, "line 2: the fence that opens here is never closed"),
        ("page.md", "```yaml\nopenapi: 3\n", "line 1: the fence that opens here"),
        ("page.md", f"{OPEN}```\n", "never closed by a line of 4 backticks"),
        ("page.md", f"{OPEN}{FENCE}`x\n", "never closed"),
        ("page.md", f"{OPEN}{FENCE}\n{OPEN}", "line 6: the fence that opens here"),
        ("page.md", f"{OPEN}a: [\n{FENCE}\n", "not YAML: line 5"),
        ("page.md", f"{OPEN}openapi: 1\n{FENCE}\n", "line 4, column 1: the key"),
        ("page.md", "\n```yaml\nopenapi: 3\n```\n", "line 2: this fence has three"),
        ("page.md", "<!DOCTYPE html><html></html>", "HTML"),
        ("page.yaml", "\n<html></html>", "HTML"),
        ("page.pdf", b"%PDF-1.7\n\xff", "a PDF file"),
        ("page.docx", b"PK\x03\x04\xff", "an office file"),
        ("page.yaml", "a: 1".encode("utf-16"), "UTF-16"),
        ("page.yaml", b"a: 1\nb: \xff", "line 2: not UTF-8"),
    ],
)
def test_an_unreadable_file_is_named_for_what_it_is(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        oas.read(page(tmp_path, content, name))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / name))


def test_references_resolve_to_what_they_name_and_never_in_circles() -> None:
    document = {"a/b": [{"$ref": "#/c"}], "c": 1, "d": {"$ref": "#/d"}}
    document |= {"e f": 2, "g%20": 3}
    assert oas.resolved(document, {"$ref": "#/a~1b/0"}) == 1
    assert oas.locate(document, "#/e%20f") == (("e f",), 2)
    assert oas.locate(document, "#/g%20") == (("g%20",), 3)
    assert oas.lookup(document, "#") is document
    for ref, message in (
        ("#/d", "refers to itself"),
        ("#/a~1b/7", "points to nothing"),
        (f"#/a~1b/{'9' * 5_000}", "points to nothing"),
        ("other.yaml#/a", "points outside the document"),
    ):
        with pytest.raises(DocumentError, match=message):
            oas.resolved(document, {"$ref": ref})


@given(st.lists(TEXT).map(tuple))
def test_a_place_is_read_back_from_its_text_and_its_reference(place: Pointer) -> None:
    assert pointer(at(place)) == referred(reference(place)) == place


def test_json_on_one_line_costs_no_more_than_on_many() -> None:
    content = [{"a": index, "b": "text"} for index in range(10_000)]

    def seconds(indent: int | None) -> float:
        text = json.dumps({"content": content}, indent=indent)
        started = time.process_time()
        assert yaml_text.Builder(text, 1).whole() == {"content": content}
        return time.process_time() - started

    on_many_lines = min(seconds(1), seconds(1))
    assert seconds(None) < 3 * on_many_lines


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, -0, 1.5, 1e3, true, false, null, ""], "b": {}, "c": []}',
        '[{"<<": {"a": 1}, "no": "no", "0o7": "0x1"}]',
        '{"a": "\\ud83d\\ude00 \\ud83d", "\\u00e9": "\\n"}',
        '{"a": NaN}',
        '{"a": %s}' % ("9" * 100),
    ],
)
def test_json_has_the_same_data_whether_its_places_are_asked_for_or_not(
    text: str,
) -> None:
    without_places = oas.parse(text)
    with_places = yaml_text.Builder(text, 1).whole()
    assert without_places == with_places
    assert repr(without_places) == repr(with_places)

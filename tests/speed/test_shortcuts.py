"""What the fast ways keep of the slow ones: `from_dict` calls no constructor and attrs writes no `repr`, yet nobody can tell."""

from __future__ import annotations

import ast

import attrs
import pytest

from enkrypt_api_client import models
from enkrypt_api_client.models import Paths, Tool
from scripts import tree


def test_a_subclass_reads_itself_by_its_own_constructor() -> None:
    @attrs.define(kw_only=True)
    class Noted(Tool):
        name: str = attrs.field(validator=attrs.validators.max_len(3))
        note: str = "none yet"
        seen: list[str] = attrs.field(factory=list)

    tool = Noted.from_dict({"name": "n", "description": "d", "more": 1})
    assert isinstance(tool, Noted)
    assert (tool.name, tool.note, tool.seen) == ("n", "none yet", [])
    assert tool.additional_properties == {"more": 1}
    with pytest.raises(ValueError, match="<= 3"):
        Noted.from_dict({"name": "longer", "description": "d"})


def test_what_was_read_equals_what_was_constructed() -> None:
    read = Tool.from_dict({"name": "n", "description": "d"})
    assert read == Tool(name="n", description="d")


def test_repr_of_a_model_that_holds_itself_ends() -> None:
    paths = Paths(chat="/chat")
    paths.chat = paths  # type: ignore[assignment]
    assert repr(paths).count("...") == 1


def test_the_index_of_models_names_what_type_checkers_are_told() -> None:
    stub = ast.parse((tree.PACKAGE / "models" / "__init__.pyi").read_text("utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in imports for alias in node.names}
    names: dict[str, object] = {}
    exec("from enkrypt_api_client.models import *", names)
    assert {*models.__all__} == imported == names.keys() - {"__builtins__"}
    assert imported <= {*dir(models)}


@pytest.mark.parametrize("name", ["Nothing", "too", "Tool tool\nXactlyMetadata", ""])
def test_a_name_that_is_not_a_model_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match="no attribute"):
        getattr(models, name)

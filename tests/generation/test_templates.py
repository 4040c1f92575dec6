"""Overrides of the generator's templates: few, explained, and tied to the release they were written for."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import tomllib

import pytest

from scripts import staging
from scripts.own_modules import GenerationError
from tests.conftest import ROOT

# The generator's own templates under our overrides, and those that property_codec.jinja relies on. When one changes with an upgrade:
# read what changed, carry it over where it matters, and record the new digest.
DIGESTS = {
    "client.py.jinja": "4eac65762f21014a",
    "literal_enum.py.jinja": "04f2eb9334dd543a",
    "model.py.jinja": "fd1c79680d51c06c",
    "types.py.jinja": "93df9d75883a4eaf",
    "helpers.jinja": "4e6ada7b7a8806e7",
    "endpoint_module.py.jinja": "c1b2628053eb4875",
    "endpoint_macros.py.jinja": "58edb8b4913db6ed",
    "property_templates/any_property.py.jinja": "1f5f9a325f4cc6cf",
    "property_templates/boolean_property.py.jinja": "df1821adba927948",
    "property_templates/const_property.py.jinja": "d296884c11f3aafa",
    "property_templates/date_property.py.jinja": "927595c05d7caa80",
    "property_templates/datetime_property.py.jinja": "c789d11d8ea26cb5",
    "property_templates/enum_property.py.jinja": "28f1074bdd5f0d7e",
    "property_templates/file_property.py.jinja": "c7e4a756b1510888",
    "property_templates/float_property.py.jinja": "bcc65b46da262043",
    "property_templates/helpers.jinja": "a321c953d7101a1b",
    "property_templates/int_property.py.jinja": "bcc65b46da262043",
    "property_templates/list_property.py.jinja": "4390b5f673fdb10d",
    "property_templates/literal_enum_property.py.jinja": "1b3096b7187246cf",
    "property_templates/model_property.py.jinja": "9f6efdbfb6212ee4",
    "property_templates/property_macros.py.jinja": "c79a9954579902a2",
    "property_templates/union_property.py.jinja": "03790f2710deaeb2",
    "property_templates/uuid_property.py.jinja": "e56511359f8d3c68",
}


def digest(name: str) -> str:
    template = importlib.resources.files("openapi_python_client") / "templates" / name
    return hashlib.sha256(template.read_bytes()).hexdigest()[:16]


@pytest.mark.parametrize(("name", "expected"), DIGESTS.items())
def test_the_generators_own_template_is_the_one_we_know(
    name: str, expected: str
) -> None:
    assert digest(name) == expected, (
        f"{name} of openapi-python-client changed under our override; read its diff"
    )


def test_every_override_is_tied_to_the_generators_own_file() -> None:
    own = {path.name for path in staging.TEMPLATES.glob("*.jinja")}
    assert own - {"property_codec.jinja"} <= set(DIGESTS)


def test_every_override_says_first_what_differs() -> None:
    for path in staging.TEMPLATES.glob("*.jinja"):
        text = path.read_text("utf-8")
        assert text.startswith(("{#- Differs from the generator's own", "{#- How")), (
            path
        )


def test_the_generator_and_ruff_are_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = dict(p.split("==") for p in project["dependency-groups"]["dev"] if "==" in p)
    for name in ("openapi-python-client", "ruff"):
        assert pins[name] == importlib.metadata.version(name)


def test_a_replacement_that_finds_nothing_stops_generation() -> None:
    with pytest.raises(GenerationError, match="expects 'b' 1 times"):
        staging._swap("a", "b", "c", 1)

"""Pages of the vendor as they would be today: what they share with the project's document is as the document has it.

The vendor may change a server, a scheme of security or a component any day. Pages of tests that stand beside the document then follow it:
they would contradict it otherwise, and tests of other things would fail.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from scripts.intake import document

OPENAPI = Path(__file__).parent.parent / "openapi.yaml"
_GENERAL = ("openapi", "info", "servers", "security")
# What stands between the fences of a page, behind `yaml`: the operation, and the document.
_FENCED = re.compile(r"(?<=^````yaml )([A-Z]+ /\S+)\n(.*?)(?=^````)", re.M | re.S)
_COMPONENT = re.compile(r"#/components/schemas/(\w+)")


def document_in(page: str) -> Any:
    """The document that a page holds."""
    ((_operation, text),) = _FENCED.findall(page)
    return yaml.safe_load(text)


def with_document(page: str, held: Any) -> str:
    """The page with another document of one operation."""
    ((path, item),) = held["paths"].items()
    operation = f"{next(iter(item)).upper()} {path}"
    text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True)
    return _FENCED.sub(lambda _: f"{operation}\n{text}\n", page)


def fitted(held: Any) -> Any:
    """The document of a page, with each part that the project's document has too as it stands there."""
    current = document.read(OPENAPI)
    general = {name: current[name] for name in _GENERAL if name in current}
    known = held["components"]["schemas"] | current["components"]["schemas"]
    schemas: dict[str, Any] = {}
    wanted = [*held["components"]["schemas"]]
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = known[name]
            wanted += _COMPONENT.findall(yaml.safe_dump(known[name]))
    components = current["components"] | {"schemas": schemas}
    return held | general | {"components": components}

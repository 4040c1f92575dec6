"""Values of a document, which may be of any type, narrowed to the type that OpenAPI gives them."""

from __future__ import annotations

from scripts.common.errors import DocumentError
from scripts.intake.yaml_text import Pointer, at


def mapping(value: object, place: Pointer) -> dict[str, object]:
    """The value itself, which must be a mapping; null and nothing are an empty one.

    Raises:
        DocumentError: It is something else. The message names the place.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DocumentError(f"{at(place)}: a mapping is needed here")
    return value


def sequence(value: object, place: Pointer) -> list[object]:
    """The value itself, which must be a list; null and nothing are an empty one.

    Raises:
        DocumentError: It is something else. The message names the place.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise DocumentError(f"{at(place)}: a list is needed here")
    return value


def mapping_or_empty(value: object) -> dict[str, object]:
    """The value itself if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_or_empty(value: object) -> list[object]:
    """The value itself if it is a list, else an empty one."""
    return value if isinstance(value, list) else []

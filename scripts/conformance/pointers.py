"""JSON pointers as tuples of their steps (RFC 6901)."""

from __future__ import annotations

Pointer = tuple[str, ...]


def fragment_of(pointer: Pointer) -> str:
    """The pointer as a URI fragment, not percent-encoded."""
    steps = [step.replace("~", "~0").replace("/", "~1") for step in pointer]
    return "#" + "".join(f"/{step}" for step in steps)

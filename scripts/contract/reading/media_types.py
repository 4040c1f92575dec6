"""What a content type is on the wire."""

from __future__ import annotations

from scripts.contract import model


def kind_of(content_type: str) -> str:
    """The kind of a content type: json, form, multipart, text, bytes or events."""
    essence = content_type.split(";")[0].strip().lower()
    if essence in ("application/json", "text/json", "*/*") or essence.endswith("+json"):
        return model.JSON_KIND
    if essence == "application/x-www-form-urlencoded":
        return model.FORM_KIND
    if essence.startswith("multipart/"):
        return model.MULTIPART_KIND
    if essence == "text/event-stream":
        return model.EVENTS_KIND
    if essence.startswith("text/") or essence.endswith(("/xml", "+xml")):
        return model.TEXT_KIND
    return model.BYTES_KIND

"""The content types of requests and responses, as generated code states them: Accept, Content-Type, charsets, and encodings of forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scripts.contract import model
from scripts.contract.model import Contract, Operation
from scripts.contract.schema import Array, Object, Schema, Union, target
from scripts.contract.view import view
from scripts.generator.plan import successes

_BYTES_TYPES = ("application/octet-stream",)


def accept(operation: Operation) -> str | None:
    """The value of the header Accept: every content type of a success, but for those that no header can hold.

    Where no success has content, those of the other responses.
    """
    stated_types = _stated_types(_successful(operation))
    if not stated_types:
        stated_types = _stated_types(operation.responses.values())
    return ", ".join(stated_types) or None


def _stated_types(responses: Iterable[model.Response]) -> list[str]:
    """The content type of each response that has one which a header can hold, each once."""
    content_types: dict[str, None] = {}
    for response in responses:
        media = model.answer_media(response)
        if media is None:
            continue
        stated_type = media.content_type.strip()
        if stated_type.isascii() and stated_type.isprintable():
            content_types[stated_type] = None
    return list(content_types)


def content_type(media: model.Media) -> str:
    """Content type of a body as it is sent; the document may give a range of them."""
    if "*" not in media.content_type:
        return media.content_type
    match media.kind:
        case model.JSON_KIND:
            return "application/json"
        case model.TEXT_KIND:
            return "text/plain"
        case _:
            return "application/octet-stream"


def media_type(media: model.Media) -> str:
    """Media type without parameters, of a body whose parameters are chosen when it is sent."""
    return media.content_type.partition(";")[0].strip().lower()


def charset(media: model.Media) -> str:
    """The charset that the document declares for a text; empty where it is UTF-8."""
    for parameter in media.content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        declared = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and declared not in ("utf-8", "utf8"):
            return declared
    return ""


def binary_types(operation: Operation) -> str:
    """The media types that a binary body may be sent as, as Python."""
    if operation.body is None:
        return repr(())
    declared = operation.body.media
    names = [media.content_type for media in declared if media.kind == model.BYTES_KIND]
    return repr(tuple(names))


def encodings(contract: Contract, media: model.Media) -> str:
    """The Encoding Objects of a form or multipart body, as Python: those that say something.

    Styles apply to urlencoded forms, and from OpenAPI 3.1 on to multipart/form-data.
    """
    styles_apply = media.kind == model.FORM_KIND or (
        media_type(media) == "multipart/form-data"
        and not contract.openapi.startswith("3.0")
    )
    lines = []
    declared = media.notes.get("encoding") or {}
    if media.kind == model.MULTIPART_KIND:
        encoded = f"_forms.Encoding(media_types={_BYTES_TYPES!r})"
        lines += [
            f"{name!r}: {encoded}"
            for name in _encoded_texts(contract, media)
            if name not in declared
        ]
    for name, encoding in declared.items():
        if not isinstance(encoding, dict):
            continue
        arguments = []
        content_type = str(encoding.get("contentType") or "")
        names = [text.strip().lower() for text in content_type.split(",")]
        media_types = tuple(text for text in names if text)
        if styles_apply and {"style", "explode", "allowReserved"} & encoding.keys():
            style = str(encoding.get("style") or "form")
            explode = encoding.get("explode", style == "form") is True
            arguments = [f"style={style!r}", f"explode={explode!r}"]
        elif media_types:
            arguments = [f"media_types={media_types!r}"]
        if arguments:
            lines.append(f"{name!r}: _forms.Encoding({', '.join(arguments)})")
    return f"{{{', '.join(lines)}}}"


def _encoded_texts(contract: Contract, media: model.Media) -> Iterator[str]:
    """Yield the names of the parts that hold encoded bytes; their type is that of bytes (OpenAPI 3.1, Encoding Object, contentType)."""
    if media.schema is None:
        return
    is_encoded: dict[str, bool] = {}
    for variant in _variants(media.schema, contract):
        for name, field in variant.fields.items():
            part = view(field, contract)
            if isinstance(part.schema, Array) and part.schema.items is not None:
                # Each item is a part.
                part = view(part.schema.items, contract)
            notes = part.notes
            encoded = "contentEncoding" in notes and "contentMediaType" not in notes
            is_encoded[name] = encoded and is_encoded.get(name, True)
    for name, encoded in is_encoded.items():
        if encoded:
            yield name


def _variants(schema: Schema, contract: Contract) -> Iterator[Object]:
    """Yield the objects that a schema may be: itself, or the variants of a union."""
    visited: set[int] = set()
    pending = [schema]
    while pending:
        variant = target(pending.pop(0), contract.types)[0]
        if id(variant) in visited:
            continue
        visited.add(id(variant))
        if isinstance(variant, Object):
            yield variant
        elif isinstance(variant, Union):
            pending.extend(variant.variants)


def _successful(operation: Operation) -> Iterator[model.Response]:
    responses = operation.responses
    return (responses[s] for s in successes(operation) if s in responses)

"""Compare what operations are sent and what they answer: bodies, answers, their content types and headers."""

from __future__ import annotations

from scripts.contract import model
from scripts.contract.comparing import words
from scripts.contract.comparing.changes import (
    Direction,
    Effect,
    Places,
    Sides,
    mapping,
    step,
)
from scripts.contract.comparing.context import Context, nearest
from scripts.contract.comparing.media_types import media_key
from scripts.contract.comparing.pairing import pair_by_key
from scripts.contract.model import (
    Body,
    Contract,
    Media,
    Operation,
    Response,
)
from scripts.contract.schema import Anything, Binary, Schema
from scripts.contract.view import view
from scripts.intake.yaml_text import Pointer

Message = Body | Response


def compare_bodies(context: Context, a: Operation, b: Operation) -> None:
    """Compare what two operations are sent."""
    old = a.body
    new = b.body
    at = (_place(old, a), _place(new, b))
    where = context.part(at, context.of("body", a))
    if old and new:
        context.compare_notes(old.notes, new.notes, where, at, context.sent)
        _compare_content(context, old, new, where, context.sent)
        _compare_choice(context, a, b, where)
        required = (old.required, new.required)
        context.compare_required("body", where, required, at, context.sent)
    elif old or new:
        rule = f"body-{step(old, new)}"
        if new and new.required:
            rule = f"required-{rule}"
        sides = _in_words(context, old, new)
        context.add(rule, where, sides, at, context.sent)


def _compare_choice(context: Context, a: Operation, b: Operation, where: str) -> None:
    """Add a row where a function sends another of the content types that both documents have: their order decides."""
    if a.body is None or b.body is None:
        return
    known = {media_key(media.content_type) for media in a.body.media}
    known &= {media_key(media.content_type) for media in b.body.media}
    old = _sent_media(a)
    new = _sent_media(b)
    for kind in sorted(old.keys() & new.keys()):
        before = old[kind]
        after = new[kind]
        keys = (media_key(before.content_type), media_key(after.content_type))
        if keys[0] != keys[1] and {*keys} <= known:
            at = (before.at, after.at)
            rule = "content-type-order-changed"
            context.add(rule, where, keys, at, context.sent)


def _sent_media(operation: Operation) -> dict[str, Media]:
    """The content types that the functions of an operation send, by what tells the functions apart."""
    labels = model.call_labels(operation)
    return {
        label: call.media
        for label, call in zip(labels, operation.calls, strict=True)
        if call.media
    }


def _place(message: Message | None, operation: Operation) -> Pointer:
    """Where a message stands, or the operation that has none."""
    return operation.at if message is None else message.at


def compare_responses(context: Context, a: Operation, b: Operation) -> None:
    """Compare what two operations answer, by status."""
    for status in dict.fromkeys([*a.responses, *b.responses]):
        _compare_status(context, status, a, b)


def _compare_status(context: Context, status: str, a: Operation, b: Operation) -> None:
    old = a.responses.get(status)
    new = b.responses.get(status)
    is_success = counts_as_success(status, a if old else b)
    at = (_place(old, a), _place(new, b))
    where = context.part(at, context.of(f"response {status}", a))
    received = context.received
    if old and new:
        context.compare_notes(old.notes, new.notes, where, at, received)
        if is_success and bool(old.media) != bool(new.media):
            before, after = _in_words(context, old, new)
            sides = (before or "nothing", after or "nothing")
            context.add("type-changed", where, sides, at, received)
        else:
            _compare_content(
                context, old, new, where, received, is_error=not is_success
            )
            if is_success and not context.is_incoming:
                _compare_answer(context, old, new, where)
        _compare_headers(context, old, new)
        return
    rule = f"success-status-{step(old, new)}"
    effect = None
    if not is_success:
        rule = f"error-response-{step(old, new)}"
        if old and context.is_incoming:
            effect = Effect.NARROWED  # callers may have answered so
    elif new:
        effect = _effect_of_further_success(context, status, new, a)
    elif old and _is_covered(context, status, old, a, b):
        effect = Effect.NARROWED
    sides = _in_words(context, old, new)
    context.add(rule, where, sides, at, received, effect)


def _effect_of_further_success(
    context: Context, status: str, response: Response, old: Operation
) -> Effect:
    """The effect of a success that only the new operation states. Old clients raise an error on a status that they do not know."""
    known = _success_for(status, old)
    if known is None:
        return Effect.WIDENED
    returned = _result_type(response, context.new)
    if returned != _result_type(known, context.old):
        return Effect.WIDENED
    return Effect.ADDED


def _is_covered(
    context: Context, status: str, response: Response, old: Operation, new: Operation
) -> bool:
    """Whether what is left of the successes of an operation is all that old clients know, or has what was removed among it."""
    remaining = _success_statuses(new)
    if remaining and all(_success_for(each, old) for each in remaining):
        return True
    left = _success_for(status, new)
    if left is None:
        return False
    return _result_type(response, context.old) == _result_type(left, context.new)


def _success_statuses(operation: Operation) -> set[str]:
    return {
        status for status in operation.responses if counts_as_success(status, operation)
    }


def _success_for(status: str, operation: Operation) -> Response | None:
    """The documented success by which clients of an operation read an answer of this status; None where they raise an error."""
    successes = _success_statuses(operation)
    for documented in (status, "2XX", "default"):
        if documented in successes:
            return operation.responses[documented]
    return None


def counts_as_success(status: str, operation: Operation) -> bool:
    """2xx, and `default` where nothing else says what success is."""
    if status == "default":
        return not any(other.startswith("2") for other in operation.responses)
    return status.startswith("2")


def _compare_answer(context: Context, old: Response, new: Response, where: str) -> None:
    """Add a row where a call returns another type, because the client asks for another of the content types that both documents have."""
    before = model.answer_media(old)
    after = model.answer_media(new)
    if before is None or after is None:
        return
    keys = (media_key(before.content_type), media_key(after.content_type))
    old_keys = {media_key(media.content_type) for media in old.media}
    new_keys = {media_key(media.content_type) for media in new.media}
    if keys[0] == keys[1] or not {*keys} <= old_keys & new_keys:
        return
    if _python_type(before, context.old) != _python_type(after, context.new):
        at = (before.at, after.at)
        context.add("content-type-order-changed", where, keys, at, context.received)


def _result_type(response: Response, contract: Contract) -> str:
    """The type that a call returns for a response, in words."""
    media = model.answer_media(response)
    return "nothing" if media is None else _python_type(media, contract)


def _python_type(media: Media, contract: Contract) -> str:
    """The Python type of a response's content, in words."""
    if media.kind == model.TEXT_KIND:
        return "string"
    if media.kind in (model.BYTES_KIND, model.EVENTS_KIND):
        return media.kind
    return words.text(media.schema, contract)


def _compare_content(
    context: Context,
    old: Message,
    new: Message,
    where: str,
    travels: Direction,
    *,
    is_error: bool = False,
) -> None:
    """Compare bodies or responses by content type. `is_error`: whether they are responses that no call returns."""
    pairing = pair_by_key(_by_type(old, travels), _by_type(new, travels))
    pairs = [*pairing.pairs]
    removed = [*pairing.removed]
    added = [*pairing.added]
    if len(removed) == len(added) == 1:
        before = removed.pop()
        after = added.pop()
        names = (before.content_type, after.content_type)
        at = (before.at, after.at)
        context.add("content-type-changed", where, names, at, travels)
        pairs.append((before, after))
    for media in removed:
        effect = Effect.REMOVED
        if is_error and not context.is_incoming:
            effect = Effect.NOTED
        sides: Sides = (media.content_type, None)
        at = (media.at, new.at)
        context.add("content-type-removed", where, sides, at, travels, effect)
    for media in added:
        effect = Effect.ADDED
        if not is_error and _is_unexpected(context, media, old, new):
            effect = Effect.WIDENED
        sides = (None, media.content_type)
        at = (old.at, media.at)
        context.add("content-type-added", where, sides, at, travels, effect)
    for before, after in pairs:
        at = (before.at, after.at)
        label = context.places.label(nearest(at))
        context.compare_notes(before.notes, after.notes, label, at, travels)
        was_any_bytes = _is_any_bytes(before, context.old)
        if not (was_any_bytes and _is_any_bytes(after, context.new)):
            context.compare_schemas(before.schema, after.schema, travels, at)
        if before.item_schema or after.item_schema:
            items = (before.item_schema, after.item_schema)
            context.compare_schemas(*items, travels, at)


def _is_any_bytes(media: Media, contract: Contract) -> bool:
    """Whether content is bytes of which the schema says no more.

    OpenAPI 3.0 describes them as a string with the format `binary`, OpenAPI 3.1 without a schema.
    """
    if media.kind != model.BYTES_KIND:
        return False
    if media.schema is None:
        return True
    seen = view(media.schema, contract)
    is_bytes = isinstance(seen.schema, Anything | Binary)
    says_more = seen.nullable or seen.notes or seen.schema.limits
    return is_bytes and not says_more


def _is_unexpected(context: Context, media: Media, old: Message, new: Message) -> bool:
    """Whether callers receive content of an added type without asking for it, or the client now asks for it and returns another type."""
    if context.is_incoming:
        return isinstance(new, Body)
    if not isinstance(old, Response) or not isinstance(new, Response):
        return False
    if media is not model.answer_media(new):
        return False
    return _result_type(old, context.old) != _result_type(new, context.new)


def _by_type(message: Body | Response, travels: Direction) -> dict[str, Media]:
    """Content by its type in one spelling; the first where two read the same."""
    received = travels is Direction.RECEIVED
    by_type: dict[str, Media] = {}
    for media in message.media:
        by_type.setdefault(media_key(media.content_type, received=received), media)
    return by_type


def _compare_headers(context: Context, old: Response, new: Response) -> None:
    """Compare the headers of two answers."""
    old_notes = mapping(old.notes.get("headers"))
    new_notes = mapping(new.notes.get("headers"))
    for name in sorted({*old.headers, *new.headers}):
        before = old.headers.get(name)
        after = new.headers.get(name)
        if before and after:
            _compare_header(
                context,
                before,
                after,
                mapping(old_notes.get(name)),
                mapping(new_notes.get(name)),
            )
            continue
        at = (_header_place(before, old), _header_place(after, new))
        # It was added or removed with this response, even where a component declares it.
        where = context.places.label((*nearest((old.at, new.at)), "headers", name))
        sides = (
            before and words.text(before, context.old),
            after and words.text(after, context.new),
        )
        rule = f"response-header-{step(before, after)}"
        effect = None
        is_required = mapping(new_notes.get(name)).get("required") is True
        if after and is_required and context.is_incoming:
            effect = Effect.NARROWED  # callers have to answer with it
        context.add(rule, where, sides, at, context.received, effect)


def _compare_header(
    context: Context,
    old: Schema,
    new: Schema,
    old_notes: dict[str, object],
    new_notes: dict[str, object],
) -> None:
    at: Places = (_place_of_header(old), _place_of_header(new))
    where = context.places.label(nearest(at))
    received = context.received
    required = (bool(old_notes.get("required")), bool(new_notes.get("required")))
    context.compare_required("response-header", where, required, at, received)
    before = {key: value for key, value in old_notes.items() if key != "required"}
    after = {key: value for key, value in new_notes.items() if key != "required"}
    context.compare_notes(before, after, where, at, received)
    context.compare_schemas(old, new, received, at)


def _header_place(schema: Schema | None, response: Response) -> Pointer:
    """Where a header stands, or the response that has none."""
    return response.at if schema is None else _place_of_header(schema)


def _place_of_header(schema: Schema) -> Pointer:
    """The place of the header that has this schema."""
    place = schema.pointer
    if "headers" not in place:
        return place
    return place[: place.index("headers") + 2]


def _in_words(
    context: Context, old: Body | Response | None, new: Body | Response | None
) -> Sides:
    """Content types and what they hold, in words."""
    return _content_in_words(old, context.old), _content_in_words(new, context.new)


def _content_in_words(
    message: Body | Response | None, contract: Contract
) -> dict[str, str] | None:
    if message is None:
        return None
    return {
        media.content_type: words.text(media.schema, contract)
        for media in message.media
    }

"""What callers do about each kind of breaking change, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scripts.contract.comparing.changes import Change, Effect

_ANY_OTHER = "Compare what your code relies on with the new document."
_FOR_RULE: Mapping[str, str] = {
    # Operations and how they are reached
    "operation-removed": "Stop calling it, or stay on the old version of the client.",
    "operation-left-out": "Stop calling it through the client, which no longer has it; stderr says why.",
    "operation-id-changed": "Import the function by its new name.",
    "method-changed": "Take the new version; old clients send a request that the service no longer knows.",
    "path-changed": "Take the new version; old clients send a request that the service no longer knows.",
    "tag-changed": "Import the function from its new package below `api`.",
    "function-renamed": "Import the function by its new name.",
    "server-removed": "Use another server of the document as the base URL.",
    "server-changed": "Take the new version, or set the base URL; old clients call the old server.",
    "authentication-changed": "Give the client the credentials that are now required.",
    "flow-removed": "Get the token another way.",
    "flow-changed": "Get the token where the document now says.",
    # What is sent
    "parameter-removed": "Stop passing the argument.",
    "required-parameter-added": "Pass the new argument in every call.",
    "parameter-renamed": "Pass the argument under its new name.",
    "parameter-made-required": "Pass the argument in every call.",
    "parameter-made-optional": "Expect calls of the service without it.",
    "parameter-style-changed": "Take the new version, which writes the value in the new style.",
    "body-removed": "Stop passing a body.",
    "required-body-added": "Pass a body in every call.",
    "body-made-required": "Pass a body in every call.",
    "body-made-optional": "Expect calls of the service without a body.",
    "encoding-changed": "Take the new version, which encodes the parts in the new way.",
    "content-type-removed": "Use another content type.",
    "content-type-changed": "Take the new version, and pass or read the content of the new type.",
    "content-type-added": "Handle the further type of the result.",
    "content-type-order-changed": "Take the new version, which sends the other content type.",
    # What is received
    "success-status-added": "Handle the further type of the result.",
    "success-status-removed": "Stop relying on this result.",
    "response-header-removed": "Stop reading the header.",
    "response-header-made-required": "Answer calls of the service with the header.",
    "response-header-made-optional": "Expect responses without the header.",
    "callback-removed": "Stop waiting for the callback.",
    "callback-changed": "Receive the callback as the document now says.",
    "webhook-removed": "Stop waiting for the webhook.",
    "webhook-changed": "Receive the webhook as the document now says.",
    # Types and their names in Python
    "class-removed": "Stop importing the class; build or read what now stands in its place.",
    "class-renamed": "Import the class by its new name.",
    "python-name-changed": "Use the new name in Python.",
    "variant-added": "Handle the further variant in what comes back.",
    "variant-removed": "Stop sending this variant.",
    "discriminator-removed": "Tell the variants apart by what they contain.",
    "discriminator-changed": "Send the value that now names the variant, and expect it.",
    # Fields
    "field-removed": "Stop sending and reading the field.",
    "required-field-added": "Send the field in every request.",
    "field-made-required": "Send the field in every request.",
    "field-made-optional": "Expect objects without the field.",
    "field-made-read-only": "Stop sending the field.",
    "field-no-longer-read-only": "Send the field in every request.",
    "field-made-write-only": "Stop reading the field.",
    "unknown-fields-refused": "Send and read declared fields alone.",
    # Values
    "enum-added": "Send only the values that are listed.",
    "enum-removed": "Expect values beyond those that were listed.",
    "enum-value-removed": "Stop sending the value.",
    "const-added": "Send only this value.",
    "const-removed": "Expect other values.",
    "const-changed": "Send the new value, and expect it.",
    "limit-tightened": "Send only values within the new limit.",
    "limit-loosened": "Expect values beyond the old limit.",
    "limit-changed": "Send only values within the new limit, and expect values beyond the old one.",
    "content-stated": "Send only text with this content.",
    "content-no-longer-stated": "Expect text with other content.",
    "content-changed": "Send the new content, and expect it.",
}  # fmt: skip
_FOR_EFFECT: Mapping[tuple[str, Effect], str] = {
    ("type-changed", Effect.NARROWED): "Send only the types that are still allowed.",
    ("type-changed", Effect.WIDENED): "Handle the further types in what comes back.",
    ("type-changed", Effect.REPLACED): "Send and read the new type.",
    ("format-changed", Effect.REPLACED): "Send and read the Python type of the new format.",
    ("nullable-changed", Effect.NARROWED): "Stop sending null.",
    ("nullable-changed", Effect.WIDENED): "Expect None.",
    ("unknown-fields-retyped", Effect.NARROWED): "Send only further fields of the type that is still allowed.",
    ("unknown-fields-retyped", Effect.WIDENED): "Expect further fields of other types.",
}  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """What to do about all changes of one kind.

    Attributes:
        rule: The rule of the changes.
        count: How many there are.
        action: What callers do who are concerned.
    """

    rule: str
    count: int
    action: str

    @property
    def what(self) -> str:
        return self.rule.replace("-", " ")


def advice(changes: Iterable[Change]) -> list[Advice]:
    """What callers do about the changes that break them, the most frequent kind first."""
    counted: Counter[tuple[str, str]] = Counter()
    for change in changes:
        for row in (change, *change.consequences):
            if row.breaks_by_itself:
                counted[row.rule, action(row)] += 1
    listed = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Advice(rule, count, text) for (rule, text), count in listed]


def action(change: Change) -> str:
    """What a caller does who is concerned by a breaking change."""
    for_effect = _FOR_EFFECT.get((change.rule, change.effect))
    return for_effect or _FOR_RULE.get(change.rule, _ANY_OTHER)

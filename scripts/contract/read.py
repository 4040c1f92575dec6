"""Read a document into its contract. No other module knows the syntax of OpenAPI."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping

from scripts.contract import names
from scripts.contract.model import (
    JSON_KIND,
    OBJECT,
    Body,
    Call,
    Contract,
    Json,
    LeftOut,
    Media,
    Operation,
    Pointer,
    Schema,
    Server,
    at,
    inner,
    roots,
)
from scripts.contract.read_operations import (
    VARIABLE,
    PartsReader,
    follow,
    mapping,
    out,
)
from scripts.contract.read_rules import MALFORMED, reason
from scripts.contract.read_schemas import SchemaReader
from scripts.document import METHODS
from scripts.errors import DocumentError
from scripts.plain_data import referred

_NOTHING: Mapping[str, tuple[str, str]] = {}


def read(
    document: Json,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    leave_out: Mapping[str, str] | None = None,
) -> Contract:
    """The contract of an OpenAPI 3.0 or 3.1 document.

    Args:
        document: Plain data, as `scripts.document.read` gives it.
        overrides: Class and module name by the class name that place and keys give; see `class_overrides` in generator-config.yaml.
        leave_out: Operations to leave out, by "METHOD /path", each with the reason.

    Raises:
        DocumentError: It is no OpenAPI 3.0 or 3.1 document.
    """
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        raise DocumentError("this is not an OpenAPI 3.0 or 3.1 document")
    return _Reader(document, version).contract(overrides, leave_out or {})


def without(contract: Contract, reasons: Mapping[str, str]) -> Contract:
    """The contract with some more operations left out, each for a reason, and nothing that only they use."""
    kept = {k: o for k, o in contract.operations.items() if k not in reasons}
    left = contract.left_out | {
        key: LeftOut(key, contract.operations[key].at, reason)
        for key, reason in reasons.items()
    }
    direct = {key: _direct(schema) for key, schema in contract.types.items()}
    used = {key for o in kept.values() for key in _reached(o, direct)}
    return dataclasses.replace(
        contract,
        operations=kept,
        left_out=left,
        types={key: held for key, held in contract.types.items() if key in used},
        schemes={n: s for n, s in contract.schemes.items() if _uses(kept, n)},
    )


class _Reader:
    def __init__(self, document: Json, version: str) -> None:
        self.document, self.version = document, version
        self.schemas = SchemaReader(document, old=version.startswith("3.0"))
        self.parts = PartsReader(document, self.schemas)
        self.servers = self.parts.servers(document.get("servers"), ())
        self.security = self.parts.security(document.get("security"), ("security",))
        self.left_out: dict[str, LeftOut] = {}

    def contract(
        self, overrides: Mapping[str, tuple[str, str]], leave_out: Mapping[str, str]
    ) -> Contract:
        """Read every operation; one that cannot be carried is left out and stops no other."""
        found: dict[str, Operation] = {}
        for key, place, item, raw in self._listed():
            try:
                if key in leave_out:
                    out(leave_out[key])
                found[key] = self._operation(key, place, item, raw)
            except (DocumentError, *MALFORMED) as error:
                said = [raw, item.get("parameters")]
                self._leave_out(key, place, reason(error, place), said)
        types = self._types(found)
        info = mapping(self.document.get("info"), ("info",))
        unused = _name(found, types, overrides)
        return Contract(
            str(info.get("title", "")),
            str(info.get("version", "")),
            self.version,
            self.servers or (Server("/", "/"),),
            self.security,
            {n: s for n, s in self.parts.schemes.items() if _uses(found, n)},
            found,
            self.left_out,
            types,
            self.parts.expanded(self.document.get("webhooks")),
            tuple(self.schemas.warnings),
            unused,
        )

    def _leave_out(self, key: str, place: Pointer, reason: str, raw: Json) -> None:
        words = " ".join(reason.split())
        self.left_out[key] = LeftOut(key, place, words, self.parts.expanded(raw))

    def _types(self, operations: dict[str, Operation]) -> dict[str, Schema]:
        """The types that operations reach; an operation that reaches one that cannot be read is left out."""
        direct = {key: _direct(schema) for key, schema in self.schemas.types.items()}
        reached: set[str] = set()
        for key, operation in list(operations.items()):
            keys = _reached(operation, direct)
            if broken := sorted(keys & self.schemas.broken.keys()):
                why = self.schemas.broken[broken[0]]
                raw = self.document["paths"][operation.path]
                self._leave_out(key, operation.at, why, raw)
                del operations[key]
            else:
                reached |= keys
        return {k: t for k, t in self.schemas.types.items() if k in reached}

    def _listed(self) -> Iterator[tuple[str, Pointer, Json, Json]]:
        paths = mapping(self.document.get("paths"), ("paths",))
        for path, held in paths.items():
            if path.startswith("x-"):
                continue
            try:
                item, _place, _key = follow(self.document, held, ("paths", path))
            except DocumentError as error:
                self._leave_out(f"* {path}", ("paths", path), str(error), held)
                continue
            for method in METHODS:
                if method in item:
                    key = f"{method.upper()} {path}"
                    yield key, ("paths", path, method), item, item[method]

    def _operation(self, key: str, place: Pointer, item: Json, held: Json) -> Operation:
        raw = mapping(held, place)
        path, method = place[1], place[2]
        _check_path(path)
        tags = raw.get("tags") or ["default"]
        tag = str(tags[0]) if isinstance(tags, list) else "default"
        own = raw.get("security")
        security = self.security
        if own is not None:
            security = self.parts.security(own, (*place, "security"))
        self.parts.check_security(security, (*place, "security"))
        servers = self.parts.servers(raw.get("servers"), place)
        servers = servers or self.parts.servers(item.get("servers"), place[:2])
        identifier = raw.get("operationId")
        parameters = self.parts.parameters(path, item, place[:2], raw, place)
        body = self.parts.body(raw.get("requestBody"), (*place, "requestBody"))
        calls = self._calls(body)
        responses = self.parts.responses(raw.get("responses"), (*place, "responses"))
        return Operation(
            key,
            place,
            method,
            path,
            str(identifier) if identifier is not None else None,
            tag,
            names.identifier(tag),
            calls,
            tuple(parameters),
            body,
            responses,
            security,
            servers or self.servers or (Server("/", "/"),),
            own is not None,
            bool(servers),
            self.parts.notes(raw, ["callbacks", "deprecated"]),
            str(raw.get("summary") or ""),
            str(raw.get("description") or ""),
        )

    def _calls(self, body: Body | None) -> tuple[Call, ...]:
        """JSON first, else the first content type; more where another one carries something of its own. Named later by its kind."""
        if body is None or not body.media:
            return (Call("", None),)
        reasons = {media.content_type: self.parts.fault(media) for media in body.media}
        usable = [m for m in body.media if not reasons[m.content_type]]
        if not usable:
            out(f"{at(body.media[0].at)}: {reasons[body.media[0].content_type]}")
        first = next((m for m in usable if m.kind == JSON_KIND), usable[0])
        found = [first]
        for media in usable:
            if media.kind not in {m.kind for m in found} and not _same(media, first):
                found.append(media)
        return tuple(Call("", media) for media in found)


def _check_path(path: str) -> None:
    steps = path.split("/")
    if not path.startswith("/") or {".", ".."} & set(steps) or set("#?") & set(path):
        out(f"the path {path!r} cannot be called as it is written")
    if set("{}") & set(VARIABLE.sub("", path)) or "" in VARIABLE.findall(path):
        out(f"the path {path!r} has braces that are not a variable")
    variables = VARIABLE.findall(path)
    if len(set(variables)) < len(variables):
        out(f"the path {path!r} has the same variable twice")


def _uses(operations: Mapping[str, Operation], scheme: str) -> bool:
    return any(scheme in r for o in operations.values() for r in o.security)


def _direct(schema: Schema) -> set[str]:
    """Keys of the types that a schema refers to itself, by typed references or by what validates."""
    found = set(types_in(schema.rule))
    waiting, seen = [schema], {id(schema)}
    while waiting:
        held = waiting.pop()
        found.update((held.ref, *held.bases) if held.ref else held.bases)
        fresh = [each for each in inner(held) if id(each) not in seen]
        seen.update(map(id, fresh))
        waiting += fresh
    return found


def _reached(operation: Operation, direct: Mapping[str, set[str]]) -> set[str]:
    """Keys of all types that an operation leads to."""
    starts = [schema for schema, _sent in roots(operation)]
    for response in operation.responses.values():
        starts += response.headers.values()
    found: set[str] = set()
    waiting = {key for start in starts for key in _direct(start)}
    while waiting:
        key = waiting.pop()
        found.add(key)
        waiting |= direct.get(key, set()) - found
    return found


def types_in(rule: Json) -> Iterator[str]:
    """Keys of the types that a rule refers to."""
    if isinstance(rule, dict):
        if isinstance(rule.get("$ref"), str):
            yield referred(rule["$ref"])[-1]
        for value in rule.values():
            yield from types_in(value)
    elif isinstance(rule, list):
        for value in rule:
            yield from types_in(value)


# Names


def _name(
    operations: dict[str, Operation],
    types: dict[str, Schema],
    overrides: Mapping[str, tuple[str, str]],
) -> tuple[str, ...]:
    """Choose every name, in the order of the document. Returns the overrides that match nothing."""
    ids = Counter(operation.id for operation in operations.values())
    packages: dict[str, str] = {}
    taken: dict[str, set[str]] = {"": set()}
    labels: dict[Pointer, str] = {}
    for operation in operations.values():
        if operation.tag not in packages:
            wanted = names.identifier(operation.tag) or "default"
            packages[operation.tag] = names.unique(wanted, taken[""])
        operation.package = packages[operation.tag]
        own = taken.setdefault(operation.package, set())
        module = _name_calls(operation, own, clashes=ids[operation.id] > 1)
        labels.setdefault(operation.at[:2], module)
        labels[operation.at] = module
        python = names.parameters((p.where, p.name) for p in operation.parameters)
        for parameter in operation.parameters:
            labels[parameter.at] = parameter.name
            parameter.python_name = python[parameter.where, parameter.name]
    classes = names.Classes(overrides, labels)
    for schema in _schemas(operations, types):
        if _has_class(schema):
            schema.class_name, schema.module_name = classes.choose(schema.at)
        if schema.fields:
            schema.python_names = names.members(schema.fields, names.MODEL_NAMES)
    return tuple(name for name in overrides if name not in classes.used)


def _name_calls(operation: Operation, taken: set[str], *, clashes: bool) -> str:
    """Name the modules of an operation: by its id, else by method and path; further bodies by their kind. Returns the first."""
    wanted = "" if clashes else names.identifier(operation.id or "").strip("_")
    if wanted and operation.id:
        wanted = names.identifier(operation.id)
    else:
        path = operation.path.replace("{", "").replace("}", "").replace("/", "_")
        wanted = names.identifier(f"{operation.method}_{path.lstrip('_')}")
    module = names.unique(wanted, taken)
    operation.calls[0].module = module
    for call in operation.calls[1:]:
        assert call.media is not None
        call.module = names.unique(f"{module}_{call.media.kind}", taken)
    return module


def _has_class(schema: Schema) -> bool:
    """Objects and enums have classes; references, unions and constants do not."""
    named = schema.kind == OBJECT or (schema.values is not None and not schema.constant)
    return named and not schema.ref and not schema.variants


def _schemas(
    operations: dict[str, Operation], types: dict[str, Schema]
) -> Iterator[Schema]:
    """Every schema once: types first, in the order of the document."""
    seen: set[int] = set()
    starts = list(types.values())
    starts += [s for o in operations.values() for s, _sent in roots(o)]
    for start in starts:
        waiting = [start]
        while waiting:
            schema = waiting.pop(0)
            if id(schema) not in seen:
                seen.add(id(schema))
                yield schema
                waiting += inner(schema)


def _same(media: Media, first: Media) -> bool:
    """Whether two content types carry the same values."""
    if media.schema is None or first.schema is None:
        return media.schema is first.schema
    return (bool(media.schema.ref) and media.schema.ref == first.schema.ref) or (
        media.schema.rule == first.schema.rule and not media.schema.ref
    )

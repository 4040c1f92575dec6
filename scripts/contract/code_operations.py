"""Operations of a generated package: signatures, the request that each builds for tagged arguments, and its answers by status."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import quote

from scripts.contract import code_answers, code_types, hints
from scripts.contract.hints import CodeError
from scripts.contract.model import ANY, Content, Contract, Operation, Parameter, Schema
from scripts.contract.samples import Sample, Samples

_PLACES = {"params": "query", "headers": "header", "cookies": "cookie"}
FLATTENED = "*"  # marks an object in the query, of which only the Python name is known
_BODIES = {"json", "data", "files", "content"}


@dataclass(slots=True)
class _Argument:
    """One parameter of the Python function."""

    python: str
    schema: Schema
    required: bool
    samples: list[Sample] = field(default_factory=list)


def read(
    module: ModuleType, tag: str, name: str, code: Contract, samples: Samples
) -> Operation:
    """The operation that a module of the package performs. Raises CodeError."""
    return _Reader(module, tag, name, code, samples).operation()


class _Reader:
    def __init__(
        self,
        module: ModuleType,
        tag: str,
        name: str,
        code: Contract,
        samples: Samples,
    ) -> None:
        self.module, self.tag, self.name = module, tag, name
        self.code, self.samples = code, samples
        self.models = frozenset(samples.models.__all__)
        self.tree = ast.parse(inspect.getsource(module))
        self.functions = {
            node.name: node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def operation(self) -> Operation:
        arguments = {a.python: a for a in self.arguments()}
        body = arguments.pop("body", None)
        base = {a.python: a.samples[0].value for a in arguments.values() if a.required}
        if body is not None and body.required:
            base["body"] = body.samples[0].value
        built = self.build(base)
        self.leaves_out(arguments, base)
        path, variables = self.path(arguments, base)
        parameters: dict[tuple[str, str], Parameter] = {}
        for argument in arguments.values():
            where, wire = variables.get(argument.python) or self.place(argument, base)
            parameter = Parameter(
                place=f"{where} parameter {wire} of {self.name}",
                where=where,
                name=wire,
                required=argument.required,
                schema=argument.schema,
            )
            parameters[where, wire] = parameter
            self.code.names.fields[parameter.place] = argument.python
        return Operation(
            name=self.name,
            id=self.name,
            method=built["method"],
            path=path,
            tag=self.tag,
            parameters=parameters,
            body=None if body is None else self.body(body, base),
            responses=code_answers.read(
                self.functions["_parse_response"], self.name, self.models
            ),
        )

    def arguments(self) -> list[_Argument]:
        """Parameters of `_get_kwargs`, held against those of the functions that callers use."""
        own = self.functions["_get_kwargs"].args
        signature = inspect.signature(self.module._get_kwargs)
        self.same_everywhere(signature)
        found = []
        for node in (*own.posonlyargs, *own.args, *own.kwonlyargs):
            place = f"{self.name}({node.arg})"
            assert node.annotation is not None
            schema, optional = hints.read(node.annotation, place, self.models)
            default = signature.parameters[node.arg].default
            code_types.take_default(schema, default, self.samples.types)
            argument = _Argument(node.arg, schema, default is inspect.Parameter.empty)
            unset = default is self.samples.types.UNSET
            if optional is not unset and not (optional and schema.has_default):
                raise CodeError(f"{place}: annotation and default disagree")
            argument.samples = list(self.samples.every(schema))
            if schema.kind == ANY and not (schema.ref or schema.variants):
                argument.samples = [Sample("probe", "probe")]
            argument.samples.sort(key=lambda s: s.value is None or s.value == [])
            found.append(argument)
        return found

    def same_everywhere(self, signature: inspect.Signature) -> None:
        mine = {
            n: (str(p.annotation), p.default) for n, p in signature.parameters.items()
        }
        public = {"sync_detailed", "asyncio_detailed"} | (
            {"sync", "asyncio"} & self.functions.keys()
        )
        for name in sorted(public):
            theirs = dict(inspect.signature(getattr(self.module, name)).parameters)
            theirs.pop("client", None)
            if {n: (str(p.annotation), p.default) for n, p in theirs.items()} != mine:
                raise CodeError(
                    f"{self.name}: {name} takes other arguments than the request"
                )

    def build(self, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            built: dict[str, Any] = self.module._get_kwargs(**arguments)
        except Exception as error:
            raise CodeError(
                f"{self.name}: no request can be built: {type(error).__name__}: {error}"
            ) from error
        return built

    def path(
        self, arguments: dict[str, _Argument], base: dict[str, Any]
    ) -> tuple[str, dict[str, tuple[str, str]]]:
        """The path with the Python names of its variables, and which arguments those are."""
        variables, path = {}, str(self.build(base)["url"])
        for argument in arguments.values():
            first = argument.samples[0]
            if argument.python not in base or not isinstance(
                first.data, str | int | float
            ):
                continue  # nothing that a path can hold
            mark = f"mark-{argument.python}-/?"
            url = str(self.build(base | {argument.python: _Mark(mark)})["url"])
            if "mark-" in url:
                if "%2F%3F" not in url:
                    raise CodeError(
                        f"{self.name}: {argument.python} is put into the path unquoted"
                    )
                variables[argument.python] = ("path", argument.python)
                self.quoted(argument, base)
        if variables:
            marks = {python: _Mark(f"mark-{python}-") for python in variables}
            path = str(self.build(base | marks)["url"])
            for python in variables:
                path = path.replace(f"mark-{python}-", f"{{{python}}}")
        return path, variables

    def quoted(self, argument: _Argument, base: dict[str, Any]) -> None:
        """Each value must stand in the path as JSON has it: `true`, not `True`."""
        for sample in argument.samples:
            url = str(self.build(base | {argument.python: sample.value})["url"])
            if quote(_as_text(sample.data), safe="") not in url:
                raise CodeError(
                    f"{self.name}: {argument.python} puts {sample.data!r} into the path as {url!r}"
                )

    def place(self, argument: _Argument, base: dict[str, Any]) -> tuple[str, str]:
        """Where in the request an argument goes, the same for each value that it can have."""
        found: set[tuple[str, str]] = set()
        for sample in argument.samples:
            if sample.value is None or sample.value == []:
                continue
            other: Any = self.samples.types.UNSET
            if argument.required:
                other = [] if isinstance(sample.value, list) else _Mark("mark")
            absent = self.parts(base | {argument.python: other})
            present = self.parts(base | {argument.python: sample.value})
            new = {key for key in present if absent.get(key, self) != present[key]}
            if isinstance(sample.data, dict):
                found.add(self.flattened(argument, sample, base))
                continue
            if not new and isinstance(sample.data, bool):
                continue  # a mark counts as true
            if len(new) != 1:
                raise CodeError(
                    f"{self.name}: {argument.python} goes to {_places(new)}"
                )
            (key,) = new
            if present[key] not in (sample.data, _as_text(sample.data)):
                raise CodeError(
                    f"{self.name}: {argument.python} is sent as {present[key]!r}"
                )
            found.add(key)
        if len(found) != 1:
            raise CodeError(f"{self.name}: {argument.python} goes to {_places(found)}")
        return found.pop()

    def leaves_out(self, arguments: dict[str, _Argument], base: dict[str, Any]) -> None:
        """What is not given must not be sent."""
        unset = self.samples.types.UNSET
        without = dict.fromkeys(
            (n for n, a in arguments.items() if not a.required), unset
        )
        for key, value in self.parts(base | without).items():
            if value is unset:
                raise CodeError(f"{self.name}: {key[1]} is sent where it is not given")

    def flattened(
        self, argument: _Argument, sample: Sample, base: dict[str, Any]
    ) -> tuple[str, str]:
        """An object in the query: each of its fields is a parameter, and its own name is nowhere."""
        data = dict(sample.data)
        declared = self.code.types.get(argument.schema.ref)
        if declared is not None and declared.additional is True:
            sample.value["x-mark"] = data["x-mark"] = sample.data.get("x-mark", "mark")
        sent = self.parts(base | {argument.python: sample.value})
        if any(sent.get(("query", key)) != value for key, value in data.items()):
            raise CodeError(f"{self.name}: {argument.python} is not sent whole")
        return "query", f"{argument.python}{FLATTENED}"

    def parts(self, arguments: dict[str, Any]) -> dict[tuple[str, str], Any]:
        built = self.build(arguments)
        return {
            (place, name): value
            for key, place in _PLACES.items()
            for name, value in built.get(key, {}).items()
            if not (
                place == "header" and name == "Content-Type" and "body" in arguments
            )
        }

    def body(self, argument: _Argument, base: dict[str, Any]) -> Content:
        sent_by: dict[str, dict[str, Schema]] = defaultdict(dict)
        for variant in argument.schema.variants or (argument.schema,):
            for sample in self.samples.every(variant):
                built = self.build(base | {"body": sample.value})
                sent = _BODIES & built.keys()
                if len(sent) != 1:
                    raise CodeError(
                        f"{self.name}: {sample.value!r} is sent as {sorted(sent)}"
                    )
                kind = sent.pop()
                if kind in ("json", "data") and built[kind] != sample.data:
                    raise CodeError(f"{self.name}: the body is sent as {built[kind]!r}")
                if kind == "content" and built[kind] is not sample.value.payload:
                    raise CodeError(f"{self.name}: the body is not what is sent")
                sent_as = built["headers"]["Content-Type"]
                sent_by[sent_as.removesuffix("; boundary=+++")][variant.place] = variant
        if not argument.required:
            without = {k: v for k, v in base.items() if k != "body"}
            if _BODIES & self.build(without).keys():
                raise CodeError(f"{self.name}: a body is sent where none is given")
        place = f"body of {self.name}"
        whole = len(argument.schema.variants)
        types: dict[str, Schema | None] = {
            sent_as: argument.schema
            if len(variants) == max(whole, 1)
            else next(iter(variants.values()))
            for sent_as, variants in sent_by.items()
        }
        return Content(place, types, required=argument.required)


class _Mark(str):
    """Text that goes wherever a value goes, whatever type is declared."""

    def isoformat(self) -> str:
        return self

    def to_dict(self) -> dict[str, str]:
        return {self: self}


def _places(found: set[tuple[str, str]]) -> str:
    """Parts of a request in words; none where a value is no plain part, such as a list in a path."""
    return (
        ", ".join(f"{place} {name}" for place, name in sorted(found))
        or "no part of the request by itself"
    )


def _as_text(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)

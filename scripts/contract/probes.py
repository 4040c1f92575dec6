"""What generated models do, beyond what they declare: each field is read and written as itself, nothing else is, nothing is lost."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from scripts.contract.code_types import ADDITIONAL
from scripts.contract.model import Contract, Schema
from scripts.contract.samples import Sample, Samples


def models(code: Contract, module: ModuleType, types: ModuleType) -> Iterator[str]:
    """Sentences on whatever a model does wrong."""
    samples = Samples(code, module, types)
    for name, schema in code.types.items():
        if schema.is_object:
            probe = _Probe(name, schema, getattr(module, name), samples)
            try:
                yield from probe.run()
            except Exception as error:
                yield f"{name}: a probe fails with {type(error).__name__}: {error}"
        else:
            yield from _enum(name, schema, module)


def _enum(name: str, schema: Schema, module: ModuleType) -> Iterator[str]:
    """The values stand in the module twice, and a check that lets every value through."""
    source = importlib.import_module(_module_of(module, name))
    folded = name.lower()
    values = [v for k, v in vars(source).items() if k.endswith("_VALUES")]
    if len(values) != 1 or values[0] != set(schema.enum or ()):
        yield f"{name}: its set of values is not the values of its type"
    checks = [v for k, v in vars(source).items() if k.startswith("check_")]
    for value in (*(schema.enum or ()), f"unknown {folded}"):
        if len(checks) != 1 or checks[0](value) != value:
            yield f"{name}: the check does not let {value!r} through"


def _module_of(module: ModuleType, name: str) -> str:
    where: str = module._MODULES.partition(f"\n{name} ")[2].partition("\n")[0]
    return f"{module.__name__}.{where}"


class _Probe:
    def __init__(self, name: str, schema: Schema, cls: Any, samples: Samples) -> None:
        self.name, self.schema, self.cls, self.samples = name, schema, cls, samples
        self.unset = samples.types.UNSET
        self.names = samples.code.names.fields

    def run(self) -> Iterator[str]:
        empty = self.cls.from_dict({})
        if empty.to_dict() != {} or self.set_fields(empty):
            yield f"{self.name}: an empty object is not read and written as one"
        if not isinstance(empty.__repr__(), str):
            yield f"{self.name}: does not show itself"
        for wire, field in self.schema.fields.items():
            python = self.names[f"{self.name}.{wire}"]
            for sample in self.samples.every(field):
                if not sample.is_file:
                    yield from self.field(wire, python, sample)
            yield from self.null(wire, python, field)
            yield from self.constructor(python, field)
        yield from self.together()
        if hasattr(self.cls, "_fits"):
            yield from self.fitting()
        if hasattr(self.cls, "to_multipart"):
            yield from self.multipart()
        yield from self.unknown()

    def set_fields(self, instance: Any) -> dict[str, Any]:
        found = {}
        for wire in self.schema.fields:
            value = getattr(instance, self.names[f"{self.name}.{wire}"])
            if value is not self.unset:
                found[wire] = value
        return found

    def field(self, wire: str, python: str, sample: Sample) -> Iterator[str]:
        place = f"{self.name}.{wire}"
        read = self.cls.from_dict({wire: sample.data})
        if self.set_fields(read) != {wire: sample.value}:
            yield f"{place}: {sample.data!r} is not read as {sample.value!r}"
        elif type(getattr(read, python)) is not type(sample.value):
            yield f"{place}: {sample.data!r} is read as another type"
        if getattr(read, ADDITIONAL, {}):
            yield f"{place}: is read as an unknown field"
        written = self.cls.from_dict({})
        setattr(written, python, sample.value)
        if written.to_dict() != {wire: sample.data}:
            yield f"{place}: {sample.value!r} is not written as {sample.data!r}"

    def null(self, wire: str, python: str, field: Schema) -> Iterator[str]:
        """A null that the type does not allow is absent."""
        read = getattr(self.cls.from_dict({wire: None}), python)
        allowed = field.nullable or _takes_null(field)
        if read is not (None if allowed else self.unset):
            yield f"{self.name}.{wire}: null is read as {type(read).__name__}"

    def constructor(self, python: str, field: Schema) -> Iterator[str]:
        sample = self.samples.one(field)
        arguments = {
            self.names[f"{self.name}.{wire}"]: self.unset
            for wire in self.schema.required
        } | {python: sample.value}
        built = self.cls(**arguments)
        if getattr(built, python) is not sample.value:
            yield f"{self.name}.{python}: the constructor does not keep it"

    def together(self) -> Iterator[str]:
        """All fields at once, so that none takes the place of another."""
        data = {}
        for wire, field in self.schema.fields.items():
            sample = self.samples.one(field)
            if not sample.is_file:
                data[wire] = sample.data
        read = self.cls.from_dict(dict(data))
        if read.to_dict() != data or self.set_fields(read).keys() != data.keys():
            yield f"{self.name}: an object with every field does not survive reading and writing"
        given = dict(data)
        if self.cls.from_dict(given) != read or given != data:
            yield f"{self.name}: reading changes what it reads"

    def fitting(self) -> Iterator[str]:
        """A variant of a union is told by its required fields, and by what each field holds."""
        whole = {
            wire: self.samples.one(field).data
            for wire, field in self.schema.fields.items()
        }
        wrong = [("each field", whole, True), ("no object", [], False)]
        for wire, field in self.schema.fields.items():
            without = {key: value for key, value in whole.items() if key != wire}
            needed = wire in self.schema.required
            wrong.append((f"no {wire}", without, not needed))
            if not _is_open(field):
                wrong.append((f"another {wire}", whole | {wire: object()}, False))
        closed = self.schema.additional is False
        wrong.append(("an unknown field", whole | {"x-probe": 1}, not closed))
        for what, data, fits in wrong:
            if self.cls._fits(data) is not fits:
                yield f"{self.name}: as a variant of a union, {what} is misjudged"

    def multipart(self) -> Iterator[str]:
        """Each field is a part of its name, with its content in it."""
        for wire, field in self.schema.fields.items():
            sample = self.samples.one(field)
            instance = self.cls.from_dict({})
            setattr(instance, self.names[f"{self.name}.{wire}"], sample.value)
            parts = instance.to_multipart()
            if {name for name, _part in parts} != {wire}:
                yield f"{self.name}.{wire}: is no part of a multipart body"
            elif sample.is_file and parts[0][1] != sample.value.to_tuple():
                yield f"{self.name}.{wire}: the file is not what is sent"
            elif isinstance(sample.data, str):
                _file_name, content, content_type = parts[0][1]
                if (content, content_type) != (sample.data.encode(), "text/plain"):
                    yield f"{self.name}.{wire}: its value is not what is sent"

    def unknown(self) -> Iterator[str]:
        """Fields that the document does not describe are kept, or not, as the type says."""
        key = "x-probe unknown"
        if self.schema.additional is False:
            if self.cls.from_dict({key: 1}).to_dict() != {}:
                yield f"{self.name}: keeps unknown fields that it does not declare"
            return
        inner = self.schema.additional
        kinds = (
            self.samples.every(inner)
            if isinstance(inner, Schema)
            else iter([Sample({"probe": [1]}, {"probe": [1]})])
        )
        for value, data, is_file in kinds:
            if is_file:
                continue
            read = self.cls.from_dict({key: data})
            if read.to_dict() != {key: data} or read.additional_properties != {
                key: value
            }:
                yield f"{self.name}: an unknown field {data!r} does not survive"
            yield from self.mapping(key, value, data)

    def mapping(self, key: str, value: Any, data: Any) -> Iterator[str]:
        instance = self.cls.from_dict({})
        instance[key] = value
        kept = (
            key in instance
            and instance[key] == value
            and instance.additional_keys == [key]
            and instance.to_dict() == {key: data}
        )
        if kept:
            del instance[key]
            kept = key not in instance and instance.additional_keys == []
        if not kept:
            yield f"{self.name}: unknown fields are not to be had as items"


def _is_open(field: Schema) -> bool:
    """Whether a field says too little to tell variants apart by: unions, null among them, files, and anything at all."""
    if field.variants or field.nullable or field.format == "binary":
        return True
    return not field.ref and field.kind in ("any", "null")


def _takes_null(field: Schema) -> bool:
    if field.variants:
        return any(map(_takes_null, field.variants))
    return not field.ref and field.enum is None and field.kind in ("any", "null")

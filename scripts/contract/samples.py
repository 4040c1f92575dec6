"""Values to probe generated code with: for each type, a Python value and the JSON data that it stands for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any, NamedTuple
from uuid import UUID

from scripts.contract.model import Contract, Schema

_DEEP = 6
_MOMENT = datetime.datetime(2024, 10, 15, 17, 22, 47, tzinfo=datetime.UTC)
_UUID = UUID("11111111-2222-4333-8444-555555555555")


class Sample(NamedTuple):
    """A Python value, its JSON data, and whether the value is a file, which has no JSON form."""

    value: Any
    data: Any
    is_file: bool = False


class Samples:
    """Makes samples for the types of one imported package."""

    def __init__(self, code: Contract, models: ModuleType, types: ModuleType) -> None:
        self.code, self.models, self.types = code, models, types

    def every(self, schema: Schema, depth: int = 0) -> Iterator[Sample]:
        """One sample for each thing that a type can be: enum value, variant, null."""
        if schema.nullable:
            yield Sample(None, None)
        if schema.ref:
            target = self.code.types[schema.ref]
            if target.enum is not None:
                yield from (Sample(value, value) for value in target.enum)
            else:
                yield self.instance(schema.ref, depth)
        elif schema.enum is not None:
            yield from (Sample(value, value) for value in schema.enum)
        elif schema.variants:
            for variant in schema.variants:
                yield from self.every(variant, depth)
        elif schema.items is not None:
            inner = list(self.every(schema.items, depth + 1))
            yield Sample(
                [s.value for s in inner],
                [s.data for s in inner],
                any(s.is_file for s in inner),
            )
            yield Sample([], [])
        else:
            yield from self._plain(schema)

    def one(self, schema: Schema, depth: int = 0) -> Sample:
        """A sample that is not null where the type has another."""
        samples = list(self.every(schema, depth))
        return next((s for s in samples if s.value not in (None, [])), samples[0])

    def _plain(self, schema: Schema) -> Iterator[Sample]:
        match schema.kind, schema.format:
            case "string", "date-time":
                yield Sample(_MOMENT, _MOMENT.isoformat())
            case "string", "date":
                yield Sample(_MOMENT.date(), _MOMENT.date().isoformat())
            case "string", "uuid":
                yield Sample(_UUID, str(_UUID))
            case "string", "binary":
                file = self.types.File(BytesIO(b"probe"), "probe.bin", "text/plain")
                yield Sample(file, None, is_file=True)
            case "string", _:
                yield Sample("probe", "probe")
            case "integer", _:
                yield Sample(7, 7)
            case "number", _:
                yield Sample(1.5, 1.5)
            case "boolean", _:
                yield Sample(True, True)
                yield Sample(False, False)
            case "null", _:
                yield Sample(None, None)
            case _:
                yield Sample({"any": ["probe", 1, None]}, {"any": ["probe", 1, None]})

    def instance(self, name: str, depth: int) -> Sample:
        """The smallest instance of a model: its required fields alone; empty where the nesting has no end."""
        cls = getattr(self.models, name)
        if depth > _DEEP:
            return Sample(cls.from_dict({}), {})
        declared = self.code.types[name]
        value, data, is_file = cls.from_dict({}), {}, False
        for wire in sorted(declared.required):
            sample = self.one(declared.fields[wire], depth + 1)
            setattr(value, self.code.names.fields[f"{name}.{wire}"], sample.value)
            data[wire] = sample.data
            is_file = is_file or sample.is_file
        return Sample(value, data, is_file)

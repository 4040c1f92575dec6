"""Whether a generated package keeps the contract of its document: the one comparison, with the code as old and the document as new."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scripts.contract import compare, vocabulary
from scripts.contract.changes import Change, Changes
from scripts.contract.model import (
    Contract,
    Names,
    Operation,
    Schema,
    rooted_in_operation,
)
from scripts.contract.types import Types
from scripts.contract.view import View, view

_FORMATS = ("date-time", "date", "uuid", "binary")
_VARIABLE = re.compile(r"\{([^{}]*)\}")

# What a difference from code to document means for the generated client.
_SENTENCES = {
    "default changed": "the default is lost or changed",
    "enum added": "the values of the enum are lost",
    "enum removed": "the code knows an enum where the document has none",
    "enum value added": "an enum value is lost",
    "enum value removed": "the code knows an enum value that the document does not have",
    "error response added": "the answer is lost",
    "error response removed": "the code knows an answer that the document does not have",
    "field added": "the field is lost",
    "field removed": "the code knows a field that the document does not have",
    "operation added": "the operation is lost",
    "optional parameter added": "the parameter is lost",
    "required field added": "the field is lost",
    "required parameter added": "the parameter is lost",
    "response added": "the answer is lost",
    "type changed": "the type is changed",
    "type of unknown fields changed": "the type of unknown fields is lost or changed",
    "union variants changed": "variants are lost or changed",
    "unknown fields no longer kept": "the code keeps unknown fields that the document rules out",
    "unknown fields now kept": "the code drops unknown fields that the document allows",
}


def problems(
    document: Contract, code: Contract, overrides: Mapping[str, str]
) -> list[str]:
    """One sentence for each thing that the package loses, changes or adds.

    Args:
        document: The contract of the document. Its `names` are filled in from the code.
        code: The contract of the package.
        overrides: `class_overrides` of generator-config.yaml: the name that the generator would give, and the one it gives instead.
    """
    conformance = _Conformance(code, document, overrides)
    conformance.run()
    found = [_sentence(change) for change in conformance.changes.listed()]
    found += conformance.unpaired()
    document.names = conformance.names
    return list(dict.fromkeys(found))


def _sentence(change: Change) -> str:
    said = _SENTENCES.get(change.what, change.what)
    return f"{change.where}: {said} (document: {change.after}, code: {change.before})"


class _Conformance(compare.Comparison):
    """Old is the code, in which names are those of classes; new is the document, brought to what code can say."""

    def __init__(
        self, code: Contract, document: Contract, overrides: Mapping[str, str]
    ) -> None:
        super().__init__(code, vocabulary.projected(document))
        self.document = document
        self.types = self.pairing = _Pairing(code, document, self.changes, overrides)
        self.names = Names()

    def pairs(self) -> list[tuple[Operation | None, Operation | None]]:
        """By method and path, the variables of which code names in its own way."""
        ones = {vocabulary.call(o): o for o in self.old.operations.values()}
        others = {vocabulary.call(o): o for o in self.new.operations.values()}
        pairs: list[tuple[Operation | None, Operation | None]] = []
        for call in sorted({*ones, *others}):
            a, b = ones.get(call), others.get(call)
            pairs.append((vocabulary.renamed(a, b) if a and b else a, b))
        return pairs

    def identity(self, a: Operation, b: Operation) -> None:
        """The module and its folder are named after operation id and tag."""
        wanted = a.id if b.id is None else b.id
        for what, mine, theirs in (
            ("operation id", a.id, wanted),
            ("tag", a.tag, b.tag),
        ):
            if not vocabulary.alike(str(mine), str(theirs)):
                self.changes.add(b.name, f"{what} changed", mine, theirs)
        self.names.operations[b.name] = f"api.{a.tag}.{a.id}"
        for key, parameter in b.parameters.items():
            if key in a.parameters:
                mine_at = a.parameters[key].place
                python = self.old.names.fields.get(mine_at)
                if python is not None:
                    self.names.fields[parameter.place] = python

    def security(self, a: Operation, b: Operation) -> None:
        """Code knows one scheme for all; which operations use it, our own modules say."""
        demanded = self.new.security if b.security is None else b.security
        schemes = {
            self.new.schemes.get(n) for alternative in demanded for n in alternative
        }
        if schemes and schemes != set(self.old.schemes.values()):
            self.changes.add(
                b.name,
                "authentication changed",
                sorted(self.old.schemes.values()),
                sorted(map(str, schemes)),
            )

    def unpaired(self) -> list[str]:
        """Components that have no class, classes that stand for nothing, and names that match no place."""
        pairing = self.pairing
        found = pairing.unused_components()
        found += [
            f"models.{name}: stands for nothing in the document"
            for name in sorted(self.old.declared - pairing.taken)
        ]
        self.names.types = pairing.class_of
        self.names.fields |= pairing.python_of
        return found


class _Pairing(Types):
    """Learns which class stands for which type of the document, and holds on to it."""

    def __init__(
        self,
        code: Contract,
        document: Contract,
        changes: Changes,
        overrides: Mapping[str, str],
    ) -> None:
        super().__init__(code, document, changes)
        self.overrides = overrides
        self.class_of: dict[str, str] = {}
        self.taken: set[str] = set()
        self.python_of: dict[str, str] = {}
        self._declared_at: dict[str, str] = {}

    def paired(self, va: View, vb: View) -> bool:
        """The same class for each use of a type, and the same type for each use of a class."""
        known = self.class_of.setdefault(vb.name, va.name)
        self.taken.add(va.name)
        # What a shared answer or body declares inline becomes a class for each operation that uses it.
        if known != va.name and not rooted_in_operation(vb.name):
            self.changes.add(vb.place, "type changed", va.name, known)
            return False
        at = self._declared_at.setdefault(va.name, vb.at)
        if at != vb.at and va.is_object:
            self.changes.add(vb.at, "type changed", f"{va.name}, which is {at}", vb.at)
            return False
        if vb.chain and not self._named_after(va.name, vb.chain):
            self.changes.add(vb.at, "type renamed", va.name, vb.name)
        if va.is_object:
            for wire, declared in vb.fields.items():
                python = self.old.names.fields.get(f"{va.name}.{wire}")
                if python is not None and not vocabulary.alike(python, wire):
                    self.changes.add(f"{vb.name}.{wire}", "field renamed", python, wire)
                if python is not None:
                    self.python_of[f"{declared[0][0]}.{wire}"] = python
        return True

    def _named_after(self, name: str, chain: list[str]) -> bool:
        if any(vocabulary.alike(name, component) for component in chain):
            return True
        keys = {
            vocabulary.folded(key)
            for key, value in self.overrides.items()
            if value == name
        }
        return bool(keys & {vocabulary.folded(component) for component in chain})

    def unused_components(self) -> list[str]:
        """Compare the components that no operation reaches, too: their classes are generated all the same."""
        found: list[str] = []
        by_name = {vocabulary.folded(name): name for name in self.old.declared}
        for key, value in self.overrides.items():
            by_name[vocabulary.folded(key)] = value
        for component in sorted(self.new.declared):
            seen = view(self.new.types[component], self.new.types)
            if component in self.class_of or not (seen.is_object or seen.enum):
                continue
            name = by_name.get(vocabulary.folded(component))
            if name in self.old.declared:
                before = len(self.changes.listed())
                self.compare(
                    Schema(component, ref=str(name)),
                    Schema(component, ref=component),
                    "",
                )
                if len(self.changes.listed()) == before:
                    continue
                found += map(_sentence, self.changes.listed())
            elif not seen.chain and not self._alias(component):
                found.append(f"{component}: the type is lost")
        return found

    def _alias(self, component: str) -> bool:
        return bool(self.new.types[component].ref)

    # What code says otherwise than documents do

    def other_type(self, va: View, vb: View) -> bool:
        return bool(va.name and vb.name) and not self.paired(va, vb)

    def bases(self, va: View, vb: View) -> set[str]:
        """Classes inherit nothing: each has all the fields."""
        return set()

    def limits(self, va: View, vb: View, way: str) -> None:
        """Limits are in no generated code; the request is checked against the document's own schema."""

    def at_use(self, va: View, vb: View, place: str) -> None:
        """Classes have names of their own; that two names differ says nothing about who declares what."""

    def described(self, seen: View, contract: Contract) -> tuple[str, str, bool, bool]:
        """Formats that have no Python type make no difference, nor do variants that are one Python type."""
        if seen.variants and not self.variants(seen, contract):
            return self.described(view(seen.variants[0], contract.types), contract)
        kind, form, items, plural = super().described(seen, contract)
        known = form in _FORMATS and kind == "string"
        return kind, form if known else "", items, plural

    def variants(self, seen: View, contract: Contract) -> list[Schema]:
        by_type = {
            self._key(v, contract, exact=True): v for v in reversed(seen.variants)
        }
        return list(by_type.values()) if len(by_type) > 1 else []

    def variant_key(self, variant: Schema, contract: Contract) -> str:
        return self._key(variant, contract, exact=False)

    def _key(self, variant: Schema, contract: Contract, *, exact: bool) -> str:
        """What a variant is known by in both contracts; exact, what makes it another Python type."""
        seen = view(variant, contract.types)
        kind, form, *_ = self.described(seen, contract)
        at = seen.at if exact and seen.name else ""
        if seen.is_object:
            return f"object {sorted(seen.fields)} {at}"
        if seen.items is not None:
            return f"array of {self._key(seen.items, contract, exact=exact)}"
        return f"{kind} {form} {sorted(map(str, seen.enum or ()))} {at}"

    def same_default(self, va: View, vb: View) -> bool:
        mine = vocabulary.value(va) if va.has_default else None
        theirs = vocabulary.value(vb) if vb.has_default else None
        return mine == theirs and isinstance(mine, bool) == isinstance(theirs, bool)

"""A vendor page is untrusted: what its names and values may look like, and how much time and memory the generator may take for it.

What comes before is document.py (size, depth, aliases, tags, hidden characters), what comes after is code_safety.py (the generated code's
own syntax). The pinned generator escapes what it writes; these checks stand even where it should not.
"""

from __future__ import annotations

import contextlib
import re
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from scripts import document as oas
from scripts.document import DocumentError, Json, Pointer
from scripts.errors import GenerationError

SECONDS = 120
MEMORY = 4 * 1024**3

# No quote, backslash, brace or line end: what stands in code as a name or a value cannot leave its place.
_NAME = re.compile(r"[^\s\"'`\\{}<>;#]+(?: [^\s\"'`\\{}<>;#]+)*")
_VALUE = re.compile(r"[^\r\n\t\"`\\{};]*")
_SHAPES: dict[str, tuple[re.Pattern[str], int, str]] = {
    "component": (re.compile(r"[A-Za-z0-9._-]+"), 120, "name of a component"),
    "property": (_NAME, 120, "name of a property"),
    "parameter": (_NAME, 120, "name of a parameter"),
    "header": (re.compile(r"[A-Za-z0-9!#$%&*+.^_|~-]+"), 120, "name of a header"),
    "enum": (_VALUE, 300, "value of an enum"),
    "default": (re.compile(r"[^\r\n]*"), 2000, "default"),
    "id": (re.compile(r"[A-Za-z0-9 ._/:~-]+"), 200, "operation id"),
    "tag": (re.compile(r"[^\r\n\t\"'`\\{}<>;#]+"), 100, "tag"),
    "path": (
        re.compile(r"/(?:[A-Za-z0-9._~!$&()*+,;=:@%/-]|\{[\w.-]+\})*"),
        500,
        "path",
    ),
    "server": (re.compile(r"(?:https?:/)?/[^\s\"'`\\<>#]*"), 500, "server"),
    "media": (
        re.compile(r"[\w.+*-]+/[\w.+*-]+(?:; ?[\w.-]+=[\w.-]+)*"),
        120,
        "content type",
    ),
    "format": (re.compile(r"[\w.+-]*"), 50, "format"),
}
_PROSE = ("title", "description", "summary", "example", "examples")


def check(document: Json) -> None:
    """Refuse names and values that no honest document has. Raises DocumentError, one line, with the place."""
    for pointer, kind, text in _texts(document):
        shape, longest, what = _SHAPES[kind]
        if not isinstance(text, str):
            continue
        if len(text) > longest:
            raise DocumentError(
                f"{_at(pointer)}: a {what} of {len(text)} characters; {longest} are accepted"
            )
        if not shape.fullmatch(text) and text:
            raise DocumentError(f"{_at(pointer)}: {text[:80]!r} is no plain {what}")
    for pointer, text in oas.strings(document):
        if '"""' in text and {*pointer} & {*_PROSE}:
            raise DocumentError(
                f"{_at(pointer)}: three double quotes, which would end a docstring"
            )


def _at(pointer: Pointer) -> str:
    return oas.at(tuple(part[:60].replace("\n", " ") for part in pointer))[:300]


def _texts(document: Json) -> Iterator[tuple[Pointer, str, str]]:
    components = document.get("components") or {}
    for kind, held in components.items():
        for name in held if isinstance(held, dict) else ():
            yield ("components", kind), "component", name
    for server in document.get("servers") or ():
        yield ("servers",), "server", server.get("url", "")
    for name, scheme in (components.get("securitySchemes") or {}).items():
        place: Pointer = ("components", "securitySchemes", name)
        if isinstance(scheme, dict):
            yield place, "header", scheme.get("name", "")
    for path, method, item, operation in oas.operations(document):
        yield from _of_operation(("paths", path, method), item, operation)
    for pointer, holder in _parameters(document):
        kind = "header" if holder.get("in") == "header" else "parameter"
        yield pointer, kind, holder.get("name", "")
    for pointer, schema in oas.schemas(document):
        yield from _of_schema(pointer, schema)
    yield from _media_types(document, ())


def _of_operation(
    place: Pointer, item: Json, operation: Json
) -> Iterator[tuple[Pointer, str, str]]:
    yield ("paths",), "path", place[1]
    yield (*place, "operationId"), "id", operation.get("operationId", "")
    for tag in operation.get("tags") or ():
        yield (*place, "tags"), "tag", tag
    for server in (*(item.get("servers") or ()), *(operation.get("servers") or ())):
        yield (*place, "servers"), "server", server.get("url", "")


def _parameters(document: Json) -> Iterator[tuple[Pointer, Json]]:
    shared = (document.get("components") or {}).get("parameters") or {}
    for name, holder in shared.items():
        yield ("components", "parameters", name), holder
    for path, method, item, operation in oas.operations(document):
        for held in (
            *(item.get("parameters") or ()),
            *(operation.get("parameters") or ()),
        ):
            if isinstance(held, dict):
                yield ("paths", path, method, "parameters"), held


def _of_schema(pointer: Pointer, schema: Json) -> Iterator[tuple[Pointer, str, str]]:
    properties = schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        yield (*pointer, "properties"), "property", name
    for name in schema.get("required") or ():
        yield (*pointer, "required"), "property", name
    for value in schema.get("enum") or ():
        yield (*pointer, "enum"), "enum", value
    yield (*pointer, "const"), "enum", schema.get("const", "")
    yield (*pointer, "default"), "default", schema.get("default", "")
    yield (*pointer, "format"), "format", schema.get("format", "")


def _media_types(value: Json, pointer: Pointer) -> Iterator[tuple[Pointer, str, str]]:
    """Keys of every `content`, but not below data and prose."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _media_types(item, (*pointer, str(index)))
    elif isinstance(value, dict):
        for key, held in value.items():
            if key in _PROSE or key in ("schema", "schemas", "default"):
                continue
            if key == "content" and isinstance(held, dict):
                yield from (((*pointer, key), "media", name) for name in held)
            yield from _media_types(held, (*pointer, key))


@contextlib.contextmanager
def limited(seconds: int = SECONDS, memory: int = MEMORY) -> Iterator[None]:
    """Time and additional memory that the work inside may take. Raises GenerationError beyond either.

    Args:
        seconds: Wall-clock time; enforced on the main thread only, where signals arrive.
        memory: Bytes of address space beyond what is in use now.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise GenerationError(f"generating takes longer than {seconds} seconds")

    on_main = threading.current_thread() is threading.main_thread()
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGALRM, stop) if on_main else None
    try:
        _limit_memory(memory, before)
        if on_main:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except MemoryError:
        raise GenerationError(
            f"generating takes more than {memory // 1024**2} MiB of memory"
        ) from None
    except RecursionError:
        raise GenerationError(
            "the document nests deeper than can be generated"
        ) from None
    finally:
        if on_main:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, before)


def _limit_memory(memory: int, before: tuple[int, int]) -> None:
    """Linux knows what is in use; elsewhere there is no such limit to set."""
    with contextlib.suppress(ValueError, OSError):
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
        used = int(pages) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, before[1]))

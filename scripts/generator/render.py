"""Write the generated part of a package, format it and import it. A failure says nothing of the operation: `build` finds it."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import io
import itertools
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, ModuleType

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from openapi_python_client import Project
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.literal_enum_property import (
    LiteralEnumProperty,
)
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.strings import safe_for_docstring

from scripts.common import project, replace
from scripts.common.errors import GenerationError
from scripts.common.text import visible_text
from scripts.contract import model
from scripts.contract.schema import Object, Schema
from scripts.generator import own_modules
from scripts.generator.lower import Lowered
from scripts.generator.own_modules import BANNER
from scripts.generator.pages import NO_PAGED_LISTS, PagedLists
from scripts.generator.parse import configuration, failure, parse
from scripts.generator.plan import Plan, plan
from scripts.generator.prove import prove
from scripts.generator.template_globals import description, template_globals
from scripts.generator.typed_dicts import TypedDicts


class _CompiledTemplates(BytecodeCache):
    """The templates that this process has compiled: compiling costs more than writing a small client."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


_compiled_templates = _CompiledTemplates()
_import_numbers = (
    itertools.count()
)  # so that no two packages are imported under one name
TEMPLATES = Path(__file__).parent / "templates"
# Isolated, so that no ruff.toml around the project changes the output; ruff itself is pinned in requirements.lock.
HOOKS = ("check --select F401,I --fix-only", "format")


def generate(
    contract: model.Contract,
    text: bytes,
    folder: Path,
    paged: PagedLists = NO_PAGED_LISTS,
) -> tuple[Path, list[str]]:
    """Write the generated part of a package for a contract into a new folder, and import it.

    Args:
        contract: What to generate from.
        text: The bytes of the document, for their hash.
        folder: An existing folder.
        paged: The lists that come in pages.

    Returns:
        The new folder, below `folder`, and what the client does not enforce.

    Raises:
        GenerationError: Something failed, at whatever operation.
    """
    generated = Path(tempfile.mkdtemp(dir=folder)) / "generated"
    try:
        planned = plan(contract)
        with contextlib.redirect_stdout(io.StringIO()):  # the generator prints
            _render(contract, planned, generated, paged)
        notes = own_modules.write(contract, planned, generated, text=text, paged=paged)
        replace.copy_imported_by_generated(generated)
        import_all(generated)
        # The package's own are written by hand.
        for name in ("__init__.py", "types.py"):
            (generated / name).unlink()
        shutil.rmtree(generated / "_runtime")
        for path in (*generated.rglob("*.py"), *generated.rglob("*.pyi")):
            _add_banner(path)
        for hook in HOOKS:
            run_hook(hook, generated)
    except (GenerationError, MemoryError):
        raise
    except Exception as error:
        raise GenerationError(f"{type(error).__name__}: {error}") from error
    return generated, notes


def _add_banner(path: Path) -> None:
    """Put the banner on top of a module. Most templates write it themselves, since writing thousands of files again takes long."""
    text = path.read_text("utf-8")
    if not text.startswith(BANNER):
        path.write_text(BANNER + text, "utf-8")


def _render(
    contract: model.Contract, planned: Plan, folder: Path, paged: PagedLists
) -> None:
    """Write the modules that have templates, and `typed_dicts.py`."""
    lowered = Lowered(planned)
    config = configuration(lowered, folder)
    data = parse(lowered, config)
    for fault in prove(planned, data):
        raise GenerationError(fault)
    typed_dicts = TypedDicts(planned, _field_descriptions(contract, planned))
    generator = Project(openapi=data, config=config)
    original = PackageLoader("openapi_python_client")
    generator.env.loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), original, PrefixLoader({"generator": original})]
    )
    generator.env.bytecode_cache = _compiled_templates
    generator.env.add_extension("jinja2.ext.do")
    generator.env.filters["prose"] = _prose
    generator.env.globals.update(
        template_globals(contract, paged),
        **_globals_of_plan(planned, typed_dicts),
        banner=BANNER,
    )
    for error in generator.build():
        raise failure(error)
    (folder / "typed_dicts.py").write_text(typed_dicts.text(), "utf-8")


def _globals_of_plan(planned: Plan, typed_dicts: TypedDicts) -> dict[str, object]:
    """Return the functions by which templates get from an object of the generator's to the part of the contract that it is made of."""
    schemas = {planned_class.name: schema for planned_class, schema in planned.classes}
    functions = {}
    for function, operation, call in planned.functions:
        functions[function.name] = (function, operation, call)

    def operation_of(endpoint: Endpoint) -> tuple[model.Operation, model.Call]:
        _function, operation, call = functions[_function_name(endpoint)]
        return operation, call

    def schema_of(parsed: ModelProperty | LiteralEnumProperty) -> Schema:
        return schemas[parsed.class_info.name]

    def json_forms_of_body(endpoint: Endpoint) -> list[str]:
        """Return the annotation of the JSON form of a body; empty if there is no body."""
        function, _operation, _call = functions[_function_name(endpoint)]
        return [typed_dicts.body(body_type) for _required, body_type in function.bodies]

    return {
        "operation_of": operation_of,
        "schema_of": schema_of,
        "json_forms_of_body": json_forms_of_body,
    }


def _function_name(endpoint: Endpoint) -> str:
    """Return the name that the plan gives to a function: its package and its module."""
    return f"{endpoint.tags[0]}.{endpoint.name}"


def _field_descriptions(
    contract: model.Contract, planned: Plan
) -> Callable[[str, str], str]:
    """Return a function that describes a field by class and wire name, as text that can stand in a docstring."""
    schemas = {planned_class.name: schema for planned_class, schema in planned.classes}

    def describe(class_name: str, wire_name: str) -> str:
        schema = schemas[class_name]
        assert isinstance(schema, Object)
        text = description(contract, schema.fields[wire_name])
        return _prose(text or f"`{wire_name}`, which the document does not describe")

    return describe


def _prose(value: object) -> str:
    """Return text of the document as it can stand in a docstring."""
    return _docstring_text(str(value))


@functools.lru_cache(maxsize=4096)  # the same text stands in several docstrings
def _docstring_text(text: str) -> str:
    visible = visible_text(text)
    if "\\" not in visible and '"""' not in visible:
        return visible  # nothing to escape
    return safe_for_docstring(visible)


def run_hook(hook: str, folder: Path) -> None:
    """Run a command of ruff on a folder.

    Raises:
        GenerationError: The command failed.
    """
    command = [str(Path(sysconfig.get_path("scripts"), "ruff")), *hook.split()]
    command += ["--isolated", "--no-cache", "--target-version", "py311", "."]
    done = subprocess.run(  # noqa: S603  # our own commands
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        output = (done.stderr or done.stdout).strip()
        raise GenerationError(f"'ruff {hook}' failed: {output}")


def import_all(folder: Path) -> None:
    """Import every module of a package.

    Raises:
        GenerationError: One cannot be imported, or issues a warning.
    """
    _import(folder, lambda _name: True)


def import_hand_written(folder: Path) -> None:
    """Import the hand-written modules of a package; `import_all` has imported the generated ones without them.

    Raises:
        GenerationError: One cannot be imported, or issues a warning.
    """
    generated = {name.removesuffix(".py") for name in project.GENERATED}
    _import(folder, lambda name: name.partition(".")[0] not in generated)


def _import(folder: Path, is_wanted: Callable[[str], bool]) -> None:
    """Import the modules of a package whose names below it are wanted."""
    name = "__init__"
    try:
        with warnings.catch_warnings(action="error"), imported(folder) as package:
            for name in _modules(folder, is_wanted):
                importlib.import_module(f"{package.__name__}.{name}")
    except (Exception, SystemExit) as error:
        raise GenerationError(
            f"{name} does not import: {type(error).__name__}: {error}"
        ) from error


def _modules(folder: Path, is_wanted: Callable[[str], bool]) -> Iterator[str]:
    """Yield the names of the modules below a package, in one order."""
    for path in sorted(folder.rglob("*.py")):
        steps = path.relative_to(folder).with_suffix("").parts
        if steps[-1] == "__init__":
            steps = steps[:-1]
        name = ".".join(steps)
        if name and name != "__main__" and is_wanted(name):
            yield name


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """Import a package folder under a name that nothing else has. Its modules are forgotten afterwards."""
    name = f"staged_{next(_import_numbers)}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    dont_write_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.dont_write_bytecode = dont_write_bytecode
        for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
            del sys.modules[loaded]

"""`models/__init__.py` that imports a model when it is first asked for (PEP 562), not all of them at once.

The generator's own module imports every model. It becomes `models/__init__.pyi`, which type checkers and editors read and Python never
loads; in its place stands one that costs the same to import with 30 models as with 6,000.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

_TEXT = '''"""Contains all the data models used in inputs/outputs, each imported when it is first asked for.

Type checkers read `__init__.pyi` instead.
"""

from importlib import import_module

# Name and module of each model, as one constant: loading it costs nothing, however many there are.
_MODULES = """
{lines}"""


def __getattr__(name: str) -> object:
    value: object
    if name == "__all__":
        value = [line.split()[0] for line in _MODULES.split("\\n")[1:-1]]
    else:
        start = _MODULES.find(f"\\n{{name}} ")
        if start < 0:
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
        line = _MODULES[start + 1 : _MODULES.index("\\n", start + 1)]
        value = getattr(import_module(f".{{line.split()[1]}}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({{*globals(), *import_module(__name__).__all__}})
'''


def write(models: Path) -> None:
    """Replace the generator's eager `__init__.py` of a folder of models."""
    eager = models / "__init__.py"
    source = eager.read_text("utf-8")
    imported = [
        (alias.name, node.module)
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    (models / "__init__.pyi").write_text(source, "utf-8")
    lines = "".join(f"{name} {module}\n" for name, module in sorted(imported))
    eager.write_text(_TEXT.format(lines=lines), "utf-8")


def is_lazy(source: str) -> bool:
    """Whether a module is just what `write` writes, for whatever models."""
    found = re.search(r'^_MODULES = """\n((?:\w+ \w+\n)*)"""$', source, re.MULTILINE)
    if found is None:
        return False
    return ast.dump(ast.parse(source)) == ast.dump(
        ast.parse(_TEXT.format(lines=found[1]))
    )

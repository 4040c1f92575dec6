"""Send the same settings with enkryptai-sdk and with this client, and show what reaches the service.

    python -m scripts.moving

One request for each field of the document, with no more than the document requires beside it. Installs enkryptai-sdk into an
environment of its own below bench/, which git ignores, and keeps it there.

Exit codes: 0 shown; 2 enkryptai-sdk can't be installed here.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from enkrypt_api_client import EnkryptClient, EnkryptError
from scripts import document as oas
from scripts import samples, tree
from scripts.bench import environments
from scripts.bench.processes import BenchError
from scripts.document import Json
from scripts.mock_service import API_KEY, MockService, Reply, running

SDK = environments.SDK
HOME = tree.ROOT / "bench" / "environments" / "sdk"
Caller = Callable[[str, list[Json]], list[str]]


class Outcome(NamedTuple):
    """What became of the one field of a request that it is about."""

    field: str
    fate: str
    added: set[str]


class _Recorder(MockService):
    """Remembers bodies by the version that they speak of; takes everything."""

    def __init__(self, document: Json) -> None:
        super().__init__(document)
        self.bodies: dict[str, Json] = {}

    def answer(self, scope: Json, body: bytes) -> Reply:
        data = json.loads(body)
        self.bodies[data["model_version"]] = data
        return Reply(200, {"message": "", "data": {}})


def requests(document: Json) -> dict[str, Json]:
    """A request for each leaf field of the document, by its place."""
    whole = copy.deepcopy(document)
    for _pointer, schema in oas.schemas(whole):
        if "properties" in schema:
            schema.pop("example", None)  # it leaves fields out
    schema = {"$ref": "#/components/schemas/ModelRequestObject"}
    full = samples.sample(whole, schema)
    full["model_config"]["apikeys"] = ["first key", "second key"]
    full["model_config"]["custom_payload"] = {"prompt": "{prompt}"}
    return {
        place: {**_only(whole, schema, full, place), "model_version": f"v{number}"}
        for number, place in enumerate(leaves(full))
    }


def leaves(value: Json, place: str = "") -> dict[str, Json]:
    """Leaf values by place; all items of a list share one."""
    if isinstance(value, dict) and value:
        found = [leaves(v, f"{place}.{k}".lstrip(".")) for k, v in value.items()]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        found = [leaves(value[0], f"{place}[]")]
    else:
        return {place: value}
    return {name: leaf for part in found for name, leaf in part.items()}


def _only(document: Json, schema: Json, value: Json, place: str) -> Json:
    """A value without what neither the place nor the document requires."""
    if isinstance(value, list) and place.startswith("[]"):
        items = oas.resolved(document, schema).get("items", {})
        return [_only(document, items, value[0], place[2:])]
    required, properties = _declared(document, schema)
    if not isinstance(value, dict) or not properties:
        return value
    kept = {}
    for name, item in value.items():
        rest = place.lstrip(".").removeprefix(name)
        asked = place.lstrip(".").startswith(name) and rest[:1] in ("", ".", "[")
        if asked or name in required:
            inner = properties.get(name, {})
            kept[name] = _only(document, inner, item, rest if asked else "")
    return kept


def _declared(document: Json, schema: Json) -> tuple[set[str], dict[str, Json]]:
    schema = oas.resolved(document, schema)
    required = set(schema.get("required", ()))
    properties = dict(schema.get("properties", {}))
    for member in schema.get("allOf", ()):
        inherited = _declared(document, member)
        required |= inherited[0]
        properties |= inherited[1]
    return required, properties


def compare(document: Json, call: Caller) -> list[Outcome]:
    """Call with every request, and look at what arrives."""
    asked = requests(document)
    service = _Recorder(document)
    with running(service) as url:
        errors = call(url, list(copy.deepcopy(asked).values()))
    return [
        _outcome(field, request, service.bodies.get(request["model_version"]), error)
        for (field, request), error in zip(asked.items(), errors, strict=True)
    ]


def _outcome(field: str, request: Json, arrived: Json, error: str) -> Outcome:
    if arrived is None:
        return Outcome(field, f"raises {error}", set())
    given, sent = leaves(request), leaves(arrived)
    fate = "sent"
    if field not in sent or sent[field] != given[field]:
        fate = "changed" if field in sent else "dropped"
    added = {
        place for place in sent.keys() - given.keys() if not field.startswith(place)
    }
    return Outcome(field, fate, added)


def ours(url: str, bodies: list[Json]) -> list[str]:
    """The errors of this client, one a request."""
    errors = []
    with EnkryptClient(API_KEY, base_url=url) as client:
        for body in bodies:
            try:
                client.modify_model(body)
                errors.append("")
            except EnkryptError as error:
                errors.append(type(error).__name__)
    return errors


def theirs(url: str, bodies: list[Json]) -> list[str]:
    """The errors of enkryptai-sdk, one a request. Raises BenchError where it can't be installed."""
    python = environments.python(HOME, [SDK])
    done = subprocess.run(  # noqa: S603
        [str(python), str(Path(__file__).with_name("sdk_side.py"))],
        input=json.dumps({"url": url, "api_key": API_KEY, "requests": bodies}),
        capture_output=True,
        text=True,
        check=True,
    )
    errors: list[str] = json.loads(done.stdout)
    return errors


def told(sdk: list[Outcome], own: list[Outcome]) -> Iterator[str]:
    """The comparison, a line a field."""
    yield f"{'field':55} {SDK:28} enkrypt-api-client"
    for old, new in zip(sdk, own, strict=True):
        yield f"{old.field:55} {old.fate:28} {new.fate}"
    for outcomes, name in ((sdk, SDK), (own, "enkrypt-api-client")):
        sent = sum(outcome.fate == "sent" for outcome in outcomes)
        added = sorted(set().union(*(outcome.added for outcome in outcomes)))
        yield f"\n{name}: {sent} of {len(outcomes)} fields arrive as given."
        yield f"Added by itself: {', '.join(added) or 'nothing'}."


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m scripts.moving", description=(__doc__ or "").partition("\n")[0]
    ).parse_args(arguments)
    document = oas.read(tree.ROOT / "openapi.yaml")
    try:
        sdk = compare(document, theirs)
    except (BenchError, subprocess.CalledProcessError):
        print(f"moving: {SDK} can't be installed or used here", file=sys.stderr)
        return 2
    for line in told(sdk, compare(document, ours)):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())

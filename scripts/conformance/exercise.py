"""A generated package, called operation by operation: what it sends, what it refuses, and what each answer becomes.

The contract says which functions there are and what their parameters are called, and nothing more. Values come from the document as it
is written, and `judge` decides by the specifications alone. openapi-core, on the same loopback service, gives a second opinion.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from scripts.conformance.judge import Judge
from scripts.conformance.raw import UnresolvableError
from scripts.conformance.services import Elsewhere, LoopbackService
from scripts.conformance.styles import Nesting, UndefinedError
from scripts.conformance.trial import PACKAGE, Client, Fault, Surroundings, Trial
from scripts.contract import model
from scripts.loopback.server import running

# The names of generator-config.yaml for what the judge calls lists.
_LISTS = {"brackets": "brackets", "indices": "indices", "repeated": "repeat"}


@dataclass
class Verdicts:
    """The verdict on each operation that was called, by key, and notes, which decide nothing."""

    verified: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    unverified: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def run(document: object, contract: model.Contract, folder: Path) -> Verdicts:
    """Call every operation of the package in a folder and judge it."""
    verdicts = Verdicts()
    sys.path.insert(0, str(folder))
    try:
        package = import_whole()
    except Exception as error:
        reason = f"the package does not import: {type(error).__name__}: {error}"
        verdicts.wrong = dict.fromkeys(contract.operations, reason)
        return verdicts
    service = LoopbackService(document)
    credentials = _credentials(contract)
    keys = credentials or "key-of-nobody"
    elsewhere = Elsewhere()
    with (
        running(service) as url,
        package.EnkryptClient(keys, base_url=url, max_retries=0) as client,
    ):
        surroundings = Surroundings(
            contract=contract,
            judge=Judge(document, _nesting(contract.nested_values)),
            service=service,
            client=client,
            host=urlsplit(url).netloc,
            credentials=credentials,
            elsewhere=elsewhere,
            unaddressed=_client_without_address(package, keys, elsewhere),
        )
        for key, declared in contract.operations.items():
            service.offer([key])
            _try_operation(key, declared, surroundings, verdicts)
    known = contract.operations.keys() | contract.left_out.keys()
    for key in surroundings.judge.operations.all_keys():
        if key not in known:
            verdicts.wrong[key] = "the client lacks the operation and does not say why"
    return verdicts


def _nesting(nested_values: str) -> Nesting | None:
    """How nested values are written, as the judge calls it; None where the maintainer leaves that to the document."""
    if nested_values not in _LISTS:
        return None
    return Nesting(_LISTS[nested_values])


def _credentials(contract: model.Contract) -> dict[str, str | tuple[str, str]]:
    """A key for each security scheme, no two alike."""
    credentials: dict[str, str | tuple[str, str]] = {}
    for number, (name, scheme) in enumerate(contract.schemes.items()):
        key = f"key-{number}-of-the-corpus"
        credentials[name] = key
        if scheme.kind == "basic":
            credentials[name] = ("name", key)
    return credentials


def _client_without_address(
    package: ModuleType,
    keys: str | Mapping[str, str | tuple[str, str]],
    elsewhere: Elsewhere,
) -> Client | None:
    """A client that goes where the document says; None where the document does not say enough."""
    try:
        client: Client = package.EnkryptClient(
            keys, http_client=elsewhere.client, max_retries=0
        )
    except package.ConfigurationError:
        return None
    return client


def _try_operation(
    key: str,
    declared: model.Operation,
    surroundings: Surroundings,
    verdicts: Verdicts,
) -> None:
    """Call one operation in every way that shows something, and record the verdict."""
    if not declared.calls:
        verdicts.wrong[key] = "no function was generated for it"
        return
    doing = "reading the document"
    doubts: list[str] = []
    try:
        operation = surroundings.judge.operations.operation(key)
        for call in declared.calls:
            trial = Trial(operation, declared, call, surroundings)
            surroundings.service.answerer = trial
            try:
                trial.run()
            finally:
                doing = trial.doing
                doubts += trial.doubts
                if trial.notes:
                    verdicts.notes[key] = "; ".join(dict.fromkeys(trial.notes))
    except Fault as fault:
        verdicts.wrong[key] = str(fault)
    except UndefinedError as error:
        verdicts.unverified[key] = str(error)
    except UnresolvableError as error:
        verdicts.unverified[key] = f"the judge cannot read it: {error}"
    except Exception as error:  # whatever else a package may do
        text = str(error).partition("\n")[0][:200]
        verdicts.wrong[key] = f"{doing}: {type(error).__name__}: {text}"
    else:
        if doubts:
            verdicts.unverified[key] = "; ".join(dict.fromkeys(doubts))
        else:
            verdicts.verified.append(key)


def import_whole() -> ModuleType:
    """The package on the path, every module of it imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        package = importlib.import_module(PACKAGE)
        for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return package

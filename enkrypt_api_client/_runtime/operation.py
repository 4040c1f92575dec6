"""The description of one operation in the document. Generated code defines one for each operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .redact import visible
from .values import NO_BODY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol, TypeAlias

    from .model_base import Model, Reader
    from .paging import Paging
    from .settings import Security
    from .values import Response

    # Arguments of `httpx.Client.request`: method, url, headers, and the body as `json`, `data`, `files` or `content`.
    RequestArguments: TypeAlias = Mapping[str, Any]

    class OperationModule(Protocol):
        """A generated module of `api`. The types of its parameters and result are known to `_call` alone, which type checkers read."""

        __name__: str

        @property
        def _operation(self) -> Callable[[], Operation]:
            """A function that returns the description of the operation."""

        @property
        def _get_kwargs(self) -> Callable[..., RequestArguments]:
            """A function that takes the parameters, and returns the arguments of a request."""

        @property
        def _build_response(self) -> Callable[..., Response[Any]]:
            """A function that reads a response."""


# Safe methods, which only read (RFC 9110, section 9.2.1), and QUERY.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})

# Methods whose requests are repeated after a response was lost, or a gateway failed to get one.
REPEATED_METHODS = frozenset({"GET", "HEAD", "QUERY"})

BodyKind = Literal["json", "form", "multipart", "bytes", "text"]
StreamKind = Literal["events", "lines", "bytes"]
ContentKind = Literal["json", "text", "bytes", "events", "any", "none"]


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body that an operation takes.

    Args:
        kind: How it is encoded.
        content_type: The media type that it is sent as.
        required: Whether a call must have one.
        schema: JSON Schema (draft 2020-12) as text; None where there is nothing to check.
        models: Returns the models that the body may be. Their secret fields are masked.
    """

    kind: BodyKind
    content_type: str
    required: bool
    schema: str | None
    models: Callable[[], tuple[type[Model], ...]] = tuple


@dataclass(frozen=True, slots=True)
class ResponseContent:
    """The content of a response with some status.

    Args:
        kind: How it is read.
        schema: JSON Schema as text, reduced to where objects and arrays are expected; None where none are.
        alternatives: How the content is read by media type, if the document describes several. A caller may ask for any of them.
    """

    kind: ContentKind
    schema: str | None = None
    alternatives: Mapping[str, ContentKind] = field(default_factory=dict)


NO_CONTENT = ResponseContent("none")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Operation:
    """One operation of the document.

    Args:
        method: In capitals.
        path: The path template, as in the document.
        server: The operation's own server, absolute or relative to the document's; None if it has none.
        security: The security requirements, of which one must be met; each lists the security schemes that it combines.
        success: The documented statuses that mean success, such as "200", "2XX" or "default".
        parameters_schema: JSON Schema as text of all parameters as one object, under their Python names.
        addressed_by: The Python names of the parameters that identify the resource, for messages. None of them is a secret.
        body: None if the operation takes no body.
        accept: The value of the header Accept; None where the document names no media type.
        stream: The value of the header Accept for `client.stream`; None if the document describes nothing that can be streamed.
        stream_kind: What the stream consists of.
        read_item: Reads the data of an event, or a JSON text of a stream, as a model; None where the document describes no model.
        paging: How a list comes in pages; None where generator-config.yaml does not say.
        responses: The content of each status, such as "200", "2XX" or "default".
    """

    method: str
    path: str
    server: str | None = None
    security: Security = ()
    success: tuple[str, ...] = ("2XX",)
    parameters_schema: str = "true"
    addressed_by: tuple[str, ...] = ()
    body: RequestBody | None = None
    accept: str | None = None
    stream: str | None = None
    stream_kind: StreamKind = "bytes"
    read_item: Reader | None = None
    paging: Paging | None = None
    responses: Mapping[str, ResponseContent]

    @property
    def name(self) -> str:
        """Return the name for messages, such as "PATCH /models/modify-model"."""
        return visible(f"{self.method} {self.path}")

    @property
    def is_safe(self) -> bool:
        """Whether the operation only reads."""
        return self.method in SAFE_METHODS

    @property
    def is_repeated(self) -> bool:
        """Whether a request is sent again after its response was lost."""
        return self.method in REPEATED_METHODS

    def is_success(self, status: int) -> bool:
        """Whether a status is a documented success."""
        if str(status) in self.success or f"{status // 100}XX" in self.success:
            return True
        return "default" in self.success and 200 <= status <= 299

    def content_of(self, status: int) -> ResponseContent:
        """Return the content that the document describes for a status: for itself, else for its class (2XX), else the default."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.responses:
                return self.responses[name]
        return NO_CONTENT

    def has_no_content(self, status: int) -> bool:
        """Whether HTTP forbids content in a response to this operation, even if the document describes some."""
        return status in NO_BODY or self.method == "HEAD"

    def needs_json(self, status: int) -> bool:
        """Whether the document describes JSON for a status, and HTTP allows content."""
        is_json = self.content_of(status).kind == "json"
        return is_json and not self.has_no_content(status)

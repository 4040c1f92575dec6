"""What the document says of one operation. Generated code makes one value for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .redact import visible
from .values import NO_BODY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    from .settings import Security
    from .values import Response

    class OperationModule(Protocol):
        """A generated module of `api`, as the runtime uses it."""

        __name__: str

        @property
        def _operation(self) -> Callable[[], Operation]:
            """Returns what the document says of the operation."""

        @property
        def _get_kwargs(self) -> Callable[..., dict[str, Any]]:
            """Makes of the parameters what httpx takes as arguments of a request."""

        @property
        def _build_response(self) -> Callable[..., Response[Any]]:
            """Reads a response."""


# Methods that only read, so that they can be repeated (RFC 9110, section 9.2.1, and QUERY).
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})

# Methods whose requests are repeated after an answer was lost, or a gateway could not get one.
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
        models: Returns the classes of models that it may be, whose secret fields are masked.
    """

    kind: BodyKind
    content_type: str
    required: bool
    schema: str | None
    models: Callable[[], tuple[type, ...]] = tuple


@dataclass(frozen=True, slots=True)
class ResponseContent:
    """The content of a response with some status.

    Args:
        kind: How it is read.
        schema: JSON Schema as text of the places where objects and arrays stand; None where there are none.
        alternatives: How each documented media type is read, where there are several; a caller may ask for another one.
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
        path: As the document writes it, with its placeholders.
        server: The operation's own server, absolute or relative to the document's; None if it has none.
        security: Alternatives; each is the security schemes that are needed together.
        success: The documented statuses that mean success, such as "200", "2XX" or "default".
        parameters_schema: JSON Schema as text of all parameters as one object, under their Python names.
        addressed_by: The parameters, by their Python names, that tell what a call is about. None of them is a secret.
        body: None where the operation takes none.
        accept: The media types to ask for; None where the document names none.
        stream: The media type to ask for where the response is read as it comes; None where that can't be.
        stream_kind: What the stream consists of.
        read_item: Reads the data of an event, or a JSON value of a stream, as the model that the document describes; None where it
            describes plain JSON or nothing.
        responses: Contents by status, such as "200", "2XX" or "default".
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
    read_item: Callable[[Any], Any] | None = None
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
        """Whether a request is sent again after an answer was lost."""
        return self.method in REPEATED_METHODS

    def is_success(self, status: int) -> bool:
        """Whether a status is a documented success."""
        if str(status) in self.success or f"{status // 100}XX" in self.success:
            return True
        return "default" in self.success and 200 <= status <= 299

    def content_of(self, status: int) -> ResponseContent:
        """Return what the document says of a status: the exact one, else its class, else the default."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.responses:
                return self.responses[name]
        return NO_CONTENT

    def has_no_content(self, status: int) -> bool:
        """Whether a response has no content, whatever the document says."""
        return status in NO_BODY or self.method == "HEAD"

    def needs_json(self, status: int) -> bool:
        """Whether the document describes JSON with a status, and there may be content."""
        return self.content_of(status).kind == "json" and not self.has_no_content(
            status
        )

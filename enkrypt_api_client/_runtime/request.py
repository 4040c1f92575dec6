"""One request: address, headers, credentials and content. The same bytes go out on every attempt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .. import exceptions as errors
from .redact import Secrets
from .settings import RESERVED
from .values import UnusableParameter
from .version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from .body import Content, EncodedBody
    from .operation import Operation
    from .settings import Credential, Document, Options, Settings, Timeouts

    # Names and values as they are sent, by the name in lower case.
    HeaderFields = dict[str, tuple[bytes, bytes]]

# Names and values of headers (RFC 9110, section 5.5).
_NAME = re.compile(rb"[!#-'*+.^-z|~0-9A-Z-]+")
_VALUE = re.compile(
    rb"([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?"
)
# Methods that mean something with a body: without one, they say so by Content-Length (RFC 9110, section 8.6).
_METHODS_WITH_CONTENT = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Unsigned:
    """What a request has besides credentials.

    Args:
        target: Path and query.
        first_header: Host.
        headers: By the name in lower case.
        last_headers: Those that describe the content.
        generation: That of the credentials that are put in.
    """

    target: str
    first_header: tuple[bytes, bytes]
    headers: HeaderFields
    last_headers: tuple[tuple[bytes, bytes], ...]
    generation: int

    def sign(
        self, credentials: Iterable[Credential]
    ) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
        """Return target and headers with credentials."""
        target = self.target
        headers = dict(self.headers)
        for credential in credentials:
            target = _add_credential(credential, target, headers)
        fields = (self.first_header, *headers.values(), *self.last_headers)
        return target.encode("ascii"), fields


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Request:
    """One request. Its `repr` shows nothing of what is sent.

    Args:
        operation: What the document says of it: documented statuses, safety.
        method: In capitals.
        origin: Scheme, host and port, such as "https://api.example:8443".
        target: Path and query.
        headers: All of them, Host and Content-Length included, in the order in which they are sent.
        content: The bytes, or something that can be iterated over for them.
        repeatable: Whether the content can be read again.
        options: Time limits and retries.
        secrets: What is masked wherever the service repeats it.
        streaming: Whether the content of a success is read as it comes.
        retry_ambiguous: Whether to repeat the request though it may have been applied.
        subject: What the call is about, for the message of a 404, such as 'model "a", version "1"'.
        settings: Where its credentials come from.
        unsigned: The request without them.
    """

    operation: Operation
    method: str
    origin: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes | Content
    repeatable: bool
    options: Options
    secrets: Secrets
    streaming: bool
    retry_ambiguous: bool
    subject: str
    settings: Settings
    unsigned: Unsigned

    @classmethod
    def build(
        cls,
        operation: Operation,
        settings: Settings,
        options: Options,
        arguments: Mapping[str, Any],
        *,
        base: str,
        content: bytes | None,
        secrets: Secrets,
        streaming: bool = False,
        retry_ambiguous: bool = False,
        subject: str = "",
    ) -> Request:
        """Make a request of what generated code gives to httpx.

        Args:
            operation: What the document says of it.
            settings: Give the credentials.
            options: Time limits, retries, headers.
            arguments: Of `httpx.Client.request`: `url` (path and query), `headers`, and the body unless `content` has it.
            base: The server's address.
            content: The encoded body; None if it is in the arguments.
            secrets: What is masked wherever the service repeats it.
            streaming: Whether the content of a success is read as it comes.
            retry_ambiguous: Whether to repeat the request though it may have been applied.
            subject: What the call is about.

        Raises:
            ConfigurationError: There are no credentials for the operation.
            InvalidRequestError: The value of a header, or a part of the body, can't be sent.
        """
        settings.credentials.check(operation.security, f"{operation.name}: api_key")
        headers = _common_headers(operation, settings, options, streaming)
        own_headers: Mapping[str, str] = arguments.get("headers") or {}
        for name, value in own_headers.items():
            # The document may describe Accept-Encoding as a parameter. Nobody else sets it.
            reserved = name.lower() in RESERVED - {"accept-encoding"}
            chosen = streaming or "accept" in options.headers
            if reserved or (chosen and name.lower() == "accept"):
                continue
            headers[name.lower()] = _checked_field(operation, name, value)
        body: bytes | Content
        if content is None:
            encoded = _encoded_body(operation, arguments)
            body = encoded.content
            repeatable = encoded.repeatable
            headers.update(encoded.headers)
        else:
            body = _in_declared_charset(operation, content)
            repeatable = True
        scheme, _, address = base.partition("://")
        host, slash, prefix = address.partition("/")
        target = f"{slash}{prefix}{arguments.get('url', '')}" or "/"
        last_headers = []
        if "accept-encoding" not in headers:
            coding = b"identity" if streaming else b"gzip"
            last_headers.append((b"Accept-Encoding", coding))
        if isinstance(body, bytes) and (
            body or operation.method in _METHODS_WITH_CONTENT
        ):
            last_headers.append((b"Content-Length", b"%d" % len(body)))
        unsigned = Unsigned(
            target,
            (b"Host", host.encode()),
            headers,
            tuple(last_headers),
            settings.credentials.generation,
        )
        credentials = settings.credentials.choose(operation.security) or ()
        signed_target, signed_headers = unsigned.sign(credentials)
        return cls(
            operation=operation,
            method=operation.method,
            origin=f"{scheme}://{host}",
            target=signed_target,
            headers=signed_headers,
            content=body,
            repeatable=repeatable,
            options=options,
            secrets=secrets,
            streaming=streaming,
            retry_ambiguous=retry_ambiguous,
            subject=subject,
            settings=settings,
            unsigned=unsigned,
        )

    @property
    def has_renewable_credentials(self) -> bool:
        """Whether a function of the caller can be asked for other credentials."""
        return bool(self.operation.security) and self.settings.credentials.is_function

    async def renewed(self, may_wait: bool) -> Request | None:
        """Return the request with other credentials, for which the caller's function is asked; None if it returns the same.

        Args:
            may_wait: Whether the function may be a coroutine function.

        Raises:
            ConfigurationError: The function returns what can't be used.
        """
        credentials = self.settings.credentials
        if not await credentials.renew(self.unsigned.generation, may_wait):
            return None
        credentials.check(self.operation.security, f"{self.name}: api_key")
        unsigned = replace(self.unsigned, generation=credentials.generation)
        chosen = credentials.choose(self.operation.security) or ()
        target, headers = unsigned.sign(chosen)
        return replace(
            self,
            target=target,
            headers=headers,
            unsigned=unsigned,
            secrets=self.secrets.collected_again(),
        )

    @property
    def name(self) -> str:
        """Return the name for messages, such as "PATCH /models/modify-model"."""
        return self.operation.name

    @property
    def timeouts(self) -> Timeouts:
        """Return the time limits of the steps of an attempt."""
        return self.options.timeouts

    def hands_over(self, status: int) -> bool:
        """Whether the content of a response is left to the caller, who reads it as it comes."""
        return self.streaming and self.operation.is_success(status)

    def __repr__(self) -> str:
        return f"<Request {self.name}>"


def secrets_of(
    settings: Settings, options: Options, *sources: Callable[[], Iterable[str]]
) -> Secrets:
    """Return what is masked wherever the service repeats it: credentials, headers of the caller's, and what the sources return."""
    return Secrets(settings.credentials.secrets, options.secrets, *sources)


def user_agent(document: Document) -> str:
    """Return the value of the header User-Agent: the versions of this package, of the document and of the generator."""
    origin = f"document {document.VERSION}, sha256 {document.SHA256[:12]}"
    return f"enkrypt-api-client/{__version__} ({origin}; {document.GENERATOR})"


def _common_headers(
    operation: Operation, settings: Settings, options: Options, streaming: bool
) -> HeaderFields:
    """Return the headers that every request has, and those of the caller's options, which win."""
    accept = operation.accept or "application/json"
    if streaming and operation.stream:
        accept = operation.stream
    return {
        "accept": (b"Accept", accept.encode()),
        "user-agent": (b"User-Agent", user_agent(settings.document).encode()),
        **options.headers,
    }


def _in_declared_charset(operation: Operation, content: bytes) -> bytes:
    """Return JSON in the charset that the document declares for it, though JSON should be UTF-8 (RFC 8259, section 8.1)."""
    description = operation.body
    if description is None or description.kind != "json" or not content:
        return content
    _, found, charset = description.content_type.lower().partition("charset=")
    charset = charset.partition(";")[0].strip().strip('"')
    if not found or charset in ("utf-8", "utf8"):
        return content
    try:
        return content.decode().encode(charset)
    except (LookupError, UnicodeError):
        fault = f"the body can't be written in the charset {charset}"
    raise errors.InvalidRequestError(f"{operation.name}: {fault}. Nothing was sent.")


def _encoded_body(operation: Operation, arguments: Mapping[str, Any]) -> EncodedBody:
    # httpx encodes forms. Importing it takes longer than most calls.
    from .body import encode

    try:
        return encode(arguments)
    except UnusableParameter as error:
        fault = str(error)
    raise errors.InvalidRequestError(f"{operation.name}: {fault}. Nothing was sent.")


def _checked_field(operation: Operation, name: str, value: str) -> tuple[bytes, bytes]:
    """Return a header as it is sent. Line ends in a value would begin another header."""
    try:
        field = (name.encode("ascii"), value.encode())
    except UnicodeEncodeError:
        field = (b"", b"")
    if _NAME.fullmatch(field[0]) and _VALUE.fullmatch(field[1]):
        return field
    raise errors.InvalidRequestError(
        f"{operation.name}: the value of a header has characters that can't be sent. Nothing was sent."
    )


def _add_credential(credential: Credential, target: str, headers: HeaderFields) -> str:
    """Put a credential into headers or query. Return the target, with the credential if it belongs there.

    A parameter of the operation may be the same place under the same name. Then the parameter's value is what is sent.
    """
    name = credential.name
    value = credential.secret.reveal()
    match credential.place:
        case "query":
            from urllib.parse import quote

            quoted_name = quote(name, safe="")
            path, mark, query = target.partition("?")
            pieces = query.split("&") if mark else []
            if not any(piece.partition("=")[0] == quoted_name for piece in pieces):
                pieces.append(f"{quoted_name}={quote(value, safe='')}")
            return f"{path}?{'&'.join(pieces)}"
        case "cookie":
            cookie = f"{name}={value}"
            if "cookie" in headers:
                cookie = f"{headers['cookie'][1].decode()}; {cookie}"
            headers["cookie"] = (b"Cookie", cookie.encode())
        case _:
            headers[name.lower()] = (name.encode(), value.encode())
    return target

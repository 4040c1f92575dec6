"""One request: address, headers, credentials and content.

Every attempt of a call sends the same bytes, with two exceptions: headers that the hook `on_request` adds to one attempt, and credentials
that were renewed after a 401.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .. import exceptions as errors
from .import_failures import IMPORT_FAILURES
from .importing import IMPORTING
from .redact import Secrets, is_token_like
from .settings import RESERVED, secrets_of_headers
from .values import UnusableParameter, charset_of
from .version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .body import Content, EncodedBody, HeaderFields
    from .operation import Operation, RequestArguments
    from .settings import Credential, Document, Options, Settings, Timeouts

# Names and values of headers (RFC 9110, section 5.5).
_NAME = re.compile(rb"[!#-'*+.^-z|~0-9A-Z-]+")
_VALUE = re.compile(
    rb"([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?"
)
# Names of parameters whose values are secrets.
_SECRET_NAME = re.compile("key|token|secret|passw|auth|credential|cookie|session|sign")
# Methods that anticipate content: a request without content has `Content-Length: 0` (RFC 9110, section 8.6).
_METHODS_WITH_CONTENT = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class UnauthenticatedRequest:
    """The part of a request that credentials are added to: its target and its headers.

    Args:
        target: Path and query.
        first_header: Host.
        headers: All others, Content-Type among them, by the name in lower case.
        last_headers: Accept-Encoding and Content-Length, as far as the client sets them.
        generation: The generation of the credentials that are added.
    """

    target: str
    first_header: tuple[bytes, bytes]
    headers: HeaderFields
    last_headers: tuple[tuple[bytes, bytes], ...]
    generation: int

    def authenticate(
        self, credentials: Iterable[Credential]
    ) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
        """Return target and headers with the credentials added, headers in the order in which they are sent."""
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
        operation: The operation that is called.
        method: In capitals.
        origin: Scheme, host and port, such as "https://api.example:8443".
        target: Path and query.
        headers: All of them, Host and Content-Length included, in the order in which they are sent.
        content: The bytes, or something that can be iterated over for them.
        repeatable: Whether the content can be read again.
        options: Time limits and retries.
        secrets: Strings that are masked where the service repeats them.
        streaming: Whether the content of a success is read as it comes.
        retry_ambiguous: Whether to repeat the request even if it may have been applied.
        subject: The resource, for the message of a 404, such as 'model "a", version "1"'.
        settings: The settings that the credentials come from.
        unauthenticated: Target and headers without credentials.
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
    unauthenticated: UnauthenticatedRequest

    @classmethod
    def build(
        cls,
        operation: Operation,
        settings: Settings,
        options: Options,
        arguments: RequestArguments,
        *,
        base: str,
        content: bytes | None,
        secrets: Secrets,
        streaming: bool = False,
        retry_ambiguous: bool = False,
        subject: str = "",
    ) -> Request:
        """Build a request from the arguments that generated code would pass to `httpx.Client.request`.

        Args:
            operation: The operation that is called.
            settings: The settings, for credentials.
            options: Time limits, retries, headers.
            arguments: `url` (path and query), `headers`, and the body unless `content` has it.
            base: The address of the server.
            content: The encoded body; None if it is in the arguments.
            secrets: Strings that are masked where the service repeats them.
            streaming: Whether the content of a success is read as it comes.
            retry_ambiguous: Whether to repeat the request even if it may have been applied.
            subject: The resource, for messages.

        Without credentials for the operation, the request is built without them: see `check_credentials`.

        Raises:
            InvalidRequestError: The value of a header, or a part of the body, can't be sent.
        """
        headers = _common_headers(operation, settings, options, streaming)
        _add_parameters(headers, operation, options, streaming, arguments)
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
        needs_length = body or operation.method in _METHODS_WITH_CONTENT
        if isinstance(body, bytes) and needs_length:
            last_headers.append((b"Content-Length", b"%d" % len(body)))
        unauthenticated = UnauthenticatedRequest(
            target,
            (b"Host", host.encode()),
            headers,
            tuple(last_headers),
            settings.credentials.generation,
        )
        credentials = settings.credentials.choose(operation.security) or ()
        full_target, full_headers = unauthenticated.authenticate(credentials)
        return cls(
            operation=operation,
            method=operation.method,
            origin=f"{scheme}://{host}",
            target=full_target,
            headers=full_headers,
            content=body,
            repeatable=repeatable,
            options=options,
            secrets=secrets,
            streaming=streaming,
            retry_ambiguous=retry_ambiguous,
            subject=subject,
            settings=settings,
            unauthenticated=unauthenticated,
        )

    def check_credentials(self) -> None:
        """Check that there are credentials for the operation.

        Raises:
            ConfigurationError: There are none.
        """
        credentials = self.settings.credentials
        credentials.check(self.operation.security, f"{self.name}: api_key")

    @property
    def has_renewable_credentials(self) -> bool:
        """Whether the credentials come from a function of the caller, which can return new ones."""
        return bool(self.operation.security) and self.settings.credentials.is_function

    async def renewed(self, may_wait: bool) -> Request | None:
        """Ask the caller's function for credentials, and return the request with them; None if they have not changed.

        Args:
            may_wait: Whether the function may be a coroutine function.

        Raises:
            ConfigurationError: The function returned something that can't be used.
        """
        credentials = self.settings.credentials
        generation = self.unauthenticated.generation
        if not await credentials.renew(generation, may_wait):
            return None
        self.check_credentials()
        self.secrets.add(credentials.secrets())
        unauthenticated = replace(
            self.unauthenticated, generation=credentials.generation
        )
        return self._authenticated_again(unauthenticated)

    def for_target(self, target: str) -> Request:
        """Return the same request for another path and query of the same service."""
        return self._authenticated_again(replace(self.unauthenticated, target=target))

    def with_headers(self, headers: HeaderFields) -> Request:
        """Return the same request with these headers, which replace those of the same name. For a single attempt."""
        self.secrets.add(lambda: secrets_of_headers(headers))
        fields = []
        for name, value in self.headers:
            if name.decode("latin-1").lower() not in headers:
                fields.append((name, value))
        fields.extend(headers.values())
        return replace(self, headers=tuple(fields))

    def _authenticated_again(self, unauthenticated: UnauthenticatedRequest) -> Request:
        credentials = self.settings.credentials.choose(self.operation.security) or ()
        target, headers = unauthenticated.authenticate(credentials)
        return replace(
            self, target=target, headers=headers, unauthenticated=unauthenticated
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
        """Whether the caller reads the content of a response with this status, as it comes."""
        return self.streaming and self.operation.is_success(status)

    def __repr__(self) -> str:
        return f"<Request {self.name}>"


def secrets_of(
    settings: Settings, options: Options, *sources: Callable[[], Iterable[str]]
) -> Secrets:
    """Return the strings that are masked where the service repeats them: credentials, the caller's headers, and those of the sources."""
    return Secrets(settings.credentials.secrets(), options.secrets, *sources)


def secrets_of_parameters(parameters: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the values of parameters whose names or values suggest a secret.

    Args:
        parameters: Names, in lower case, and values.
    """
    for name, value in parameters:
        if is_secret_name(name) or is_token_like(value):
            yield value


def is_secret_name(name: str) -> bool:
    """Whether the name of a parameter, in lower case, suggests that its value is a secret."""
    return _SECRET_NAME.search(name) is not None


def user_agent(document: Document) -> str:
    """Return the value of the header User-Agent: the versions of this package, of the document and of the generator."""
    origin = f"document {document.VERSION}, sha256 {document.SHA256[:12]}"
    return f"enkrypt-api-client/{__version__} ({origin}; {document.GENERATOR})"


def _common_headers(
    operation: Operation, settings: Settings, options: Options, streaming: bool
) -> HeaderFields:
    """Return the headers that every request has. Those of the caller's options replace them."""
    accept = operation.accept or "application/json"
    if streaming and operation.stream:
        accept = operation.stream
    return {
        "accept": (b"Accept", accept.encode()),
        "user-agent": (b"User-Agent", user_agent(settings.document).encode()),
        **options.headers,
    }


def _add_parameters(
    headers: HeaderFields,
    operation: Operation,
    options: Options,
    streaming: bool,
    arguments: RequestArguments,
) -> None:
    """Add the headers that generated code returns for the operation's parameters."""
    parameters: Mapping[str, str] = arguments.get("headers") or {}
    # Streams and callers choose the media type to ask for.
    is_accept_set = streaming or "accept" in options.headers
    for name, value in parameters.items():
        lower_name = name.lower()
        if lower_name == "accept" and is_accept_set:
            continue
        # Only a parameter of the document may set Accept-Encoding, and then it is allowed.
        if lower_name in RESERVED and lower_name != "accept-encoding":
            continue
        headers[lower_name] = _checked_field(operation, name, value)


def _in_declared_charset(operation: Operation, content: bytes) -> bytes:
    """Return JSON in the charset that the document declares for it, though JSON should be UTF-8 (RFC 8259, section 8.1)."""
    description = operation.body
    if description is None or description.kind != "json" or not content:
        return content
    charset = charset_of(description.content_type)
    if charset in ("", "utf-8", "utf8"):
        return content
    try:
        return content.decode().encode(charset)
    except (LookupError, UnicodeError):
        fault = f"the body can't be written in the charset {charset}"
    raise errors.InvalidRequestError(f"{operation.name}: {fault}. Nothing was sent.")


def _encoded_body(operation: Operation, arguments: RequestArguments) -> EncodedBody:
    # The module is imported only where a body needs it: it uses httpx, whose import takes longer than most calls.
    with IMPORT_FAILURES, IMPORTING:
        from .body import encode

    try:
        return encode(arguments)
    except UnusableParameter as error:
        fault = str(error)
    raise errors.InvalidRequestError(f"{operation.name}: {fault}. Nothing was sent.")


def _checked_field(operation: Operation, name: str, value: str) -> tuple[bytes, bytes]:
    """Return a header as bytes. Characters that could begin another header, such as line ends, are an error."""
    encoded_name = name.encode(errors="replace")
    try:
        encoded_value = value.encode()
    except UnicodeEncodeError:
        encoded_value = b"\0"  # refused below
    fault = "the name of a header"
    if _NAME.fullmatch(encoded_name):
        if _VALUE.fullmatch(encoded_value):
            return encoded_name, encoded_value
        fault = f"the value of the header {name}"
    raise errors.InvalidRequestError(
        f"{operation.name}: {fault} has characters that can't be sent. Nothing was sent."
    )


def _add_credential(credential: Credential, target: str, headers: HeaderFields) -> str:
    """Add a credential to the headers or to the query. Return the target with its query.

    If a query parameter of the operation has the same name, the value of the parameter is sent.
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
        case _:  # a header
            headers[name.lower()] = (name.encode(), value.encode())
    return target

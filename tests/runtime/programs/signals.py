"""Raise an exception at many points of a sync call, as a signal handler may, and see that the next calls succeed.

    python -m tests.runtime.programs.signals POINTS FRESH TLS

CPython looks for signals when a Python function begins and after a function of C returns: a profile function sees the same points.
POINTS of them are tried, spread evenly over the call. FRESH is 1 to have the call make a connection, by name, rather than use an
idle one, TLS is 1 to have it encrypted. Prints how many points there are, and how many exceptions a finalizer has swallowed.
"""

from __future__ import annotations

import faulthandler
import ssl
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from enkrypt_api_client import EnkryptClient
from tests.runtime.programs.mirror import Mirror, request_about, trusted_context

AT_ONCE = 100


class Planted(Exception):
    """What the signal handler raises."""


class Handler:
    """Raises at the n-th point."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.points = 0
        self.exception = Planted()

    def __call__(self, frame: object, event: str, argument: object) -> None:
        if event in ("call", "c_return"):
            self.points += 1
            if self.points == self.number:
                sys.setprofile(None)
                raise self.exception


def interrupted_call(client: EnkryptClient, number: int) -> tuple[int, object]:
    """Make a call that is interrupted at a point. Returns the number of points, and what was raised."""
    handler = Handler(number)
    raised: BaseException | None = None
    try:
        sys.setprofile(handler)
        client.modify_model(request_about("interrupted"))
    except BaseException as error:
        raised = error
    finally:
        sys.setprofile(None)
    if raised is not None and raised is not handler.exception:
        raise AssertionError(f"point {number}: {raised!r} came out") from raised
    return handler.points, raised


def call(client: EnkryptClient, name: str) -> None:
    """Make a call and check that the answer is its own."""
    message = client.modify_model(request_about(name)).message
    assert message == name, (message, name)


def call_at_once(service: Mirror, client: EnkryptClient) -> None:
    """See that as many calls as ever can be on their way at the same time."""
    service.gather(AT_ONCE)
    names = [f"at once {number}" for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: call(client, name), names))


def main(tried: int, fresh: bool, context: ssl.SSLContext | None) -> None:
    swallowed: list[Any] = []
    sys.unraisablehook = swallowed.append
    service = Mirror(context)
    url = service.url_by_name if fresh else service.url
    client = EnkryptClient("key", base_url=url, max_retries=0)
    for number in range(3):
        call(client, f"before {number}")
    if fresh:
        client.close()
        client = EnkryptClient("key", base_url=url, max_retries=0)
    total, _ = interrupted_call(client, 10**9)
    missing = 0
    for count in range(tried):
        # A deadlock ends here, with the stacks of all threads.
        faulthandler.dump_traceback_later(150, exit=True)
        if fresh:
            client.close()
            client = EnkryptClient("key", base_url=url, max_retries=0)
        number = 1 + count * total // tried
        points, raised = interrupted_call(client, number)
        if raised is None and points >= number:
            missing += 1
        del raised
        call(client, f"after {number}")
        if count % 10 == 9:
            call_at_once(service, client)
    for number in range(100):
        call(client, f"in the end {number}")
    faulthandler.cancel_dump_traceback_later()
    client.close()
    # The coroutine that the exception kept from starting.
    expected = Planted, RuntimeWarning
    strange = [
        entry for entry in swallowed if not isinstance(entry.exc_value, expected)
    ]
    assert not strange, strange
    assert missing <= len(swallowed), (missing, swallowed)
    print(total, missing)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        has_tls = sys.argv[3] == "1"
        certificate = trusted_context(folder) if has_tls else None
        main(int(sys.argv[1]), sys.argv[2] == "1", certificate)

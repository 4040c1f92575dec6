"""Fork while another thread resolves the name of the service, and make a call in the child.

    python -m tests.runtime.programs.fork_while_resolving SECONDS

Resolving takes so many seconds. Prints the steps in their order: "resolving", "resolved", "forked".
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from typing import Any

from enkrypt_api_client import EnkryptClient
from tests.runtime.programs.mirror import Mirror, request_about


def main(seconds: float) -> None:
    resolve = socket.getaddrinfo
    steps: list[str] = []
    is_resolving = threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            steps.append("resolving")
            is_resolving.set()
            time.sleep(seconds)
            steps.append("resolved")
        return resolve(*arguments, **options)

    service = Mirror()
    client = EnkryptClient("key", base_url=service.url_by_name, max_retries=0)
    socket.getaddrinfo = slow
    thread = threading.Thread(
        target=client.modify_model, args=[request_about("parent")]
    )
    thread.start()
    assert is_resolving.wait(20)
    child = os.fork()
    socket.getaddrinfo = resolve
    if not child:
        signal.alarm(20)
        message = client.modify_model(request_about("child")).message
        os._exit(int(message != "child"))
    steps.append("forked")
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    client.modify_model(request_about("parent at last"))
    client.close()
    print(*steps[:3])


if __name__ == "__main__":
    main(float(sys.argv[1]))

"""Importing what a call is the first to need, safe from a fork.

A child process has only the thread that forked. A module that another thread was importing stays locked in the child for ever. So what
is imported later than when the client is made is imported inside `with IMPORTING`, and nobody can fork meanwhile.
"""

from __future__ import annotations

import os
import threading

IMPORTING = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=IMPORTING.acquire,
        after_in_parent=IMPORTING.release,
        after_in_child=IMPORTING.release,
    )

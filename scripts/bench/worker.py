"""A process that makes calls with one contender, as many as each line of its standard input says, and tells what they cost.

python -m scripts.bench.worker CONTENDER MODE URL EXCHANGE

MODE is sync, async-1 or async-50 (calls in flight), work (the parts of a call that need no network), once (a single call and no more), or
memory (the same, then the most memory that the process held, in MB). EXCHANGE is a JSON file with the request and its answer.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


def main(contender: str, mode: str, url: str, exchange: str) -> None:
    body, answer = json.loads(Path(exchange).read_bytes())
    module = importlib.import_module(f"scripts.bench.contenders.{contender}")
    if mode in ("once", "memory"):
        with module.session(url, body) as call:
            call()
        if mode == "memory":
            print(_most_memory(), flush=True)
    elif mode == "sync":
        with module.session(url, body) as call:
            _serve(lambda times: _repeat(call, times))
    elif mode == "work":
        _work(module.work(body, answer))
    else:
        _run_async(module, int(mode.removeprefix("async-")), url, body)


def _most_memory() -> float:
    # Linux counts the parent's memory into ru_maxrss of a child; this is the process's own.
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1e3


def _serve(run: Callable[[int], None]) -> None:
    """Answer each number with the CPU and wall seconds that so many calls took."""
    for line in sys.stdin:
        times = int(line)
        cpu, wall = time.process_time(), time.perf_counter()
        run(times)
        _say(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall)


def _say(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


def _repeat(call: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        call()


def _work(parts: dict[str, Callable[[], Any]]) -> None:
    for line in sys.stdin:
        figures = {}
        for name, call in parts.items():
            started = time.process_time()
            _repeat(call, int(line))
            figures[name] = time.process_time() - started
        _say(**figures)


def _run_async(module: Any, in_flight: int, url: str, body: Any) -> None:
    async def several(call: Callable[[], Awaitable[Any]], times: int) -> None:
        for _ in range(times):
            await call()

    async def batch(call: Callable[[], Awaitable[Any]], times: int) -> None:
        share = max(1, times // in_flight)
        await asyncio.gather(*(several(call, share) for _ in range(in_flight)))

    with asyncio.Runner() as runner:
        session = module.async_session(url, body)
        call = runner.run(session.__aenter__())
        _serve(lambda times: runner.run(batch(call, times)))
        runner.run(session.__aexit__(None, None, None))


if __name__ == "__main__":
    main(*sys.argv[1:])

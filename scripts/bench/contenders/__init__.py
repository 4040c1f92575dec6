"""One module for each way to make the same call. Each imports what it stands for and nothing else, so that a cold start is its own.

A module offers what its contender can do: `session(url, body, answer)`, a context that gives one Modify Model call as a function;
`async_session`, the same for a coroutine function; and `work(body, answer)`, the parts of a call that need no network, by name.
`body` and `answer` are JSON data of a request and of its answer.
"""

API_KEY = "bench-key"
PATH = "/models/modify-model"


def headers(body: dict[str, object]) -> dict[str, str]:
    """What the document asks for beside the body."""
    return {
        "apikey": API_KEY,
        "X-Enkrypt-Model": str(body["model_saved_name"]),
        "X-Enkrypt-Model-Version": str(body["model_version"]),
    }

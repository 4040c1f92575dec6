"""Finds many texts in another one, in time that grows with their length, not with its product."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Up to so many, texts are searched for one after the other.
_FEW = 64
# Characters by which a text is looked up; shorter ones are searched for, and so are longer ones than the second, of which there are few.
_START = 8
_LONGEST_LOOKED_UP = 1000


class TextSearch:
    """Searches for some texts.

    Args:
        texts: What to search for; none of them is empty.
    """

    __slots__ = ("_by_start", "_searched")

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        self._searched: list[str] = []
        # By their beginning and by their length.
        self._by_start: dict[str, dict[int, set[str]]] = {}
        are_few = len(texts) <= _FEW
        for text in texts:
            if are_few or not _START <= len(text) <= _LONGEST_LOOKED_UP:
                self._searched.append(text)
            else:
                by_length = self._by_start.setdefault(text[:_START], {})
                by_length.setdefault(len(text), set()).add(text)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a text contains one of those that are searched for: start and stop, in any order."""
        for searched in self._searched:
            start = text.find(searched)
            while start >= 0:
                stop = start + len(searched)
                yield start, stop
                start = text.find(searched, stop)
        if not self._by_start:
            return
        for start in range(len(text) - _START + 1):
            by_length = self._by_start.get(text[start : start + _START])
            if by_length is None:
                continue
            for length, searched_texts in by_length.items():
                if text[start : start + length] in searched_texts:
                    yield start, start + length

"""Find the documents in a Markdown page: what stands between its fences (CommonMark 0.31, 4.5).

A fence that holds a document has four or more backticks or tildes, and says `yaml`, `yml` or `json`. After that it may announce what the
document describes, as documentation sites write it; then three will do:

    ````yaml GET /models
    ````yaml /api-reference/openapi.json GET /models
    ````yaml openapi.json webhook order.paid

A page may hold several documents. All else on it is ignored: prose, front matter, and fences inside HTML comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scripts.common.errors import DocumentError

WEBHOOK = "webhook"

_LANGUAGES = ("yaml", "yml", "json")
_SHORT = 3  # what prose uses for code
_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>.*)\Z")
_WORD = re.compile(r'"[^"]*"|\'[^\']*\'|\S+')
_COMMENT_START = re.compile(r" {0,3}<!--")
_NAMES_VERSION = re.compile(r"[{\"]*openapi\b")
_JSON_KEYS = ('"openapi"', '"info"', '"paths"')
_MARK_NAMES = {"`": "backticks", "~": "tildes"}


@dataclass(frozen=True, slots=True)
class Announcement:
    """The facts that the opening of a fence states about the document inside."""

    method: str  # in lower case, or "webhook"
    path: str  # of the operation, or the name of the webhook
    file: str = ""  # of which the document is a part


@dataclass(frozen=True, slots=True)
class Fence:
    """A document between two fences."""

    text: str
    line: int  # of the page on which the text begins, from 1
    announcement: Announcement | None


@dataclass(frozen=True, slots=True)
class _Opening:
    """The line that opens a fence."""

    line: int  # from 1
    indent: int
    mark: str
    length: int
    info: str

    @property
    def holds_document(self) -> bool:
        words = self.info.split(maxsplit=1)
        return bool(words) and words[0].lower() in _LANGUAGES

    @property
    def is_short(self) -> bool:
        return self.length <= _SHORT

    @property
    def marks(self) -> str:
        return _MARK_NAMES[self.mark]


@dataclass(frozen=True, slots=True)
class _Block:
    """A fence and what it holds."""

    opening: _Opening
    text: str | None  # None if the fence is never closed

    @property
    def announcement(self) -> Announcement | None:
        return _announcement(self.opening.info)

    @property
    def names_version(self) -> bool:
        """Whether the text begins as a document does."""
        return bool(self.text and _NAMES_VERSION.match(self.text.lstrip()))

    @property
    def is_json_document(self) -> bool:
        """Whether the text looks like a whole OpenAPI document in JSON."""
        text = (self.text or "").lstrip()
        return text.startswith("{") and all(key in text for key in _JSON_KEYS)

    def fence(self) -> Fence:
        """The document. Raises DocumentError if the fence is never closed."""
        opening = self.opening
        if self.text is None:
            raise DocumentError(
                f"line {opening.line}: the fence that opens here is never closed by a line of {opening.length} {opening.marks}"
            )
        return Fence(self.text, opening.line + 1, self.announcement)


@dataclass(frozen=True, slots=True)
class _Page:
    """The fences of a page, those in comments apart."""

    blocks: list[_Block]
    open_comment: int  # line of the comment that is never closed; 0 if there is none


def fences(content: str) -> list[Fence]:
    """The documents of a page that somebody gives, none if the page has no fence for one.

    Raises:
        DocumentError: A comment or the fence of a document is never closed, or it cannot be told from an example.
    """
    page = _parsed(content)
    if page.open_comment:
        raise DocumentError(
            f"line {page.open_comment}: the comment that opens here is never closed by '-->'"
        )
    documents = []
    for block in page.blocks:
        is_long = not block.opening.is_short
        if is_long and (block.opening.holds_document or block.text is None):
            documents.append(block.fence())
    if documents:
        return documents
    for block in page.blocks:
        if not block.opening.holds_document:
            continue
        if block.announcement or block.is_json_document or block.text is None:
            documents.append(block.fence())
        elif block.names_version:
            opening = block.opening
            raise DocumentError(
                f"line {opening.line}: this fence has three {opening.marks}, as examples have; open and close it with four,"
                " or say which operation it holds: yaml METHOD /path"
            )
    return documents


def announced_in(content: str) -> list[Fence]:
    """The documents of a page of a site, none if the page is prose with examples.

    It takes less for a document than `fences` does, because nobody has said that the page holds one.

    Raises:
        DocumentError: The fence of an announced document is never closed.
    """
    long_fences = []
    short_fences = []
    for block in _parsed(content).blocks:
        if not block.opening.holds_document:
            continue
        if block.opening.is_short:
            if block.announcement or block.is_json_document:
                short_fences.append(block.fence())
        elif block.announcement or block.names_version:
            long_fences.append(block.fence())
    return long_fences or short_fences


def is_bare(content: str) -> bool:
    """Whether a text without fences names its version of OpenAPI, as a document does."""
    return any(_NAMES_VERSION.match(line) for line in content.split("\n"))


def _announcement(info: str) -> Announcement | None:
    """The words after the language: `[FILE] METHOD /path` or `[FILE] webhook NAME`."""
    words = [word.strip("\"'") for word in _WORD.findall(info)][1:]
    for index in range(len(words) - 1, 0, -1):
        method = words[index - 1].lower()
        target = words[index]
        if method == WEBHOOK or (method.isalpha() and target.startswith("/")):
            return Announcement(method, target, " ".join(words[: index - 1]))
    return None


def _parsed(content: str) -> _Page:
    """Every fenced block of a page, in order."""
    reader = _PageReader(content.split("\n"))
    for number, line in enumerate(reader.lines, 1):
        reader.read(number, line)
    return reader.page()


@dataclass(slots=True)
class _PageReader:
    """Reads the lines of a page, one after the other.

    Attributes:
        lines: All lines.
        blocks: The fenced blocks that are over.
        opening: The fence that is open.
        comment_line: The line on which the comment began that is open; 0 if none is.
    """

    lines: list[str]
    blocks: list[_Block] = field(default_factory=list)
    opening: _Opening | None = None
    comment_line: int = 0

    def read(self, number: int, line: str) -> None:
        """Read the next line."""
        is_between = self.comment_line == 0 and self.opening is None
        if is_between and _COMMENT_START.match(line):
            self.comment_line = number
        if self.comment_line:
            if "-->" in line:
                self.comment_line = 0
            return
        match = _FENCE.match(line)
        if match is not None:
            self._read_fence(number, match)

    def _read_fence(self, number: int, match: re.Match[str]) -> None:
        if self.opening is not None and _closes(match, self.opening):
            text = _inside(self.lines, self.opening, number)
            self.blocks.append(_Block(self.opening, text))
            self.opening = None
            return
        if self.opening is not None and not _interrupts(match, self.opening):
            return
        candidate = _opening(match, number)
        if candidate is not None:
            self._leave_open()
            self.opening = candidate

    def _leave_open(self) -> None:
        """Note the fence that is open as one that nothing closes."""
        if self.opening is not None:
            self.blocks.append(_Block(self.opening, None))
            self.opening = None

    def page(self) -> _Page:
        """The result, once all lines have been read."""
        self._leave_open()
        return _Page(self.blocks, self.comment_line)


def _opening(match: re.Match[str], line: int) -> _Opening | None:
    info = match["info"].strip()
    marks = match["marks"]
    if marks[0] == "`" and "`" in info:
        return None  # code in a line of text
    return _Opening(line, len(match["indent"]), marks[0], len(marks), info)


def _closes(match: re.Match[str], opening: _Opening) -> bool:
    """Whether a line closes a fence. One that is indented deeper may belong to a description inside."""
    marks = match["marks"]
    return (
        marks[0] == opening.mark
        and len(marks) >= opening.length
        and len(match["indent"]) <= opening.indent
        and not match["info"].strip()
    )


def _interrupts(match: re.Match[str], opening: _Opening) -> bool:
    """Whether a line opens a document although a fence is open: the open one is short, and probably never closed."""
    candidate = _opening(match, 0)
    if not opening.is_short or candidate is None or not candidate.holds_document:
        return False
    return not candidate.is_short or _announcement(candidate.info) is not None


def _inside(lines: list[str], opening: _Opening, closing_line: int) -> str:
    """The text between two fences, without the indentation of the first."""
    text = lines[opening.line : closing_line - 1]
    if opening.indent:
        prefix = re.compile(rf"[ \t]{{0,{opening.indent}}}")
        text = [prefix.sub("", line, count=1) for line in text]
    return "".join(f"{line}\n" for line in text)

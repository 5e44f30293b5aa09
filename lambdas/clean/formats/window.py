"""JSON values one after another out of a stream of bytes, each whole or as far as damage allows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.formats.packed import DamagedError
from lambdas.clean.formats.values import DECODER
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.clean.reasons import Rejection

BYTES = "latin-1"
"""The window is text, as the decoder wants it, of a character a byte: what is not ASCII stands only
within strings, and is decoded again."""

BETWEEN = re.compile(r"[ \t\r\n,]*")
STRUCTURE = re.compile(r'["{}\[\],]')
WITHIN_STRING = re.compile(r'["\\]')
OPENER = {"}": ord("{"), "]": ord("[")}
MAX_DEPTH = 10_000
TRIED = 2048
LONGEST_WORD = 12
"""Longer than any word of JSON, so that an error further from the end is not the end's."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value and its bytes, cut at `MAX_LINE_BYTES` + 1; `parsed` is None if they are no JSON.

    A `fault` is one of the object rather than of the value. `closed` is false if the object ends
    within it.
    """

    offset: int
    data: bytes
    parsed: Any = None
    fault: Rejection | None = None
    closed: bool = True

    @property
    def is_json(self) -> bool:
        return self.parsed is not None or self.data == b"null"


class Window:
    """A stretch of the unpacked bytes that grows at its end and is forgotten at its front.

    `damage` is why there is no more to come, unless the object simply ends.
    """

    def __init__(
        self, pieces: Iterator[bytes], offset: int, measure: Callable[[bytes], int]
    ) -> None:
        self._pieces = pieces
        self._measure = measure
        self._text = ""
        self._at = 0
        self.offset = offset
        self.damage: Rejection | None = None

    def peek(self) -> str:
        """The next character that is neither white space nor a comma; empty at the end."""
        while True:
            between = BETWEEN.match(self._text, self._at)
            self._pass(between.end() if between else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grown():
                return ""

    def skip(self, character: str) -> bool:
        """Whether this character was the next one, and is passed now."""
        found = self.peek() == character
        if found:
            self._pass(self._at + 1)
        return found

    def value(self) -> Value:
        """The value that begins here, where `peek` has looked; at least one character."""
        size = TRIED
        while True:
            # Only a stretch is tried, as an error costs time in proportion to what is before it.
            stretch = self._text[self._at : self._at + size]
            try:
                parsed, end = DECODER.raw_decode(stretch)
            except RejectedError as error:
                return self._extent(error.rejection)
            except (ValueError, RecursionError) as error:
                if not (_is_cut(error, stretch) and self._reaches_beyond(stretch)):
                    return self._extent()
            else:
                if end < len(stretch) or not self._reaches_beyond(stretch):
                    return self._taken(parsed, self._at + end)
            size *= 2

    def _taken(self, parsed: Any, end: int) -> Value:
        offset, data = self.offset, self._text[self._at : end].encode(BYTES)
        self._pass(end)
        if len(data) > MAX_LINE_BYTES:
            too_long = Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES)
            return Value(offset, data[: MAX_LINE_BYTES + 1], fault=too_long)
        return Value(offset, data, parsed)

    def _extent(self, fault: Rejection | None = None) -> Value:
        """What is no value, up to where its brackets are closed, or the next value begins."""
        extent = _Extent()
        offset, data = self.offset, bytearray()
        while True:
            end = extent.end(self._text, self._at)
            data += self._text[self._at : end][: MAX_LINE_BYTES + 1 - len(data)].encode(BYTES)
            self._pass(len(self._text) if end is None else end)
            if end is not None or not self._grown():
                break
        if len(data) > MAX_LINE_BYTES:
            fault = Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES)
        if end is None and extent.is_open:
            fault = self.damage or Reason.TRUNCATED.of().because("it ends within a value")
            return Value(offset, bytes(data), fault=fault, closed=False)
        return Value(offset, bytes(data), fault=fault)

    def _pass(self, end: int) -> None:
        self.offset += self._measure(self._text[self._at : end].encode(BYTES))
        self._at = end

    def _reaches_beyond(self, stretch: str) -> bool:
        """Whether there is more to try than this, and it is not yet longer than is worth it."""
        if len(stretch) > 2 * MAX_LINE_BYTES:
            return False
        while len(self._text) - self._at < 2 * len(stretch) and self._grown():
            pass
        return len(self._text) - self._at > len(stretch)

    def _grown(self) -> bool:
        try:
            piece = next(self._pieces, b"")
        except DamagedError as damage:
            self.damage = damage.rejection
            return False
        if not piece:
            return False
        self._text = self._text[self._at :] + piece.decode(BYTES)
        self._at = 0
        return True


def _is_cut(error: Exception, text: str) -> bool:
    """Whether what follows the text may mend the error."""
    return isinstance(error, json.JSONDecodeError) and (
        error.pos >= len(text) - LONGEST_WORD or error.msg.startswith("Unterminated")
    )


class _Extent:
    """Follows brackets and strings, from stretch to stretch, to where a value ends."""

    def __init__(self) -> None:
        self._open = bytearray()
        self._deeper = 0  # brackets that are counted, not told apart
        self._within_string = False
        self._escaped = False
        self._begun = False

    @property
    def is_open(self) -> bool:
        return bool(self._open) or self._within_string

    def end(self, text: str, at: int) -> int | None:
        """Where the value ends in this stretch, if it does."""
        while at < len(text):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            found = (WITHIN_STRING if self._within_string else STRUCTURE).search(text, at)
            if not found:
                self._begun = True
                return None
            self._begun = self._begun or found.start() > at
            if self._ends_before(found[0]):
                return found.start()
            at = found.end()
            self._follow(found[0])
            self._begun = True
            if found[0] in OPENER and not self._open:
                return at
        return None

    def _ends_before(self, character: str) -> bool:
        if self._within_string or not self._begun:
            return False
        if character in OPENER and not self._deeper:
            return OPENER[character] not in self._open
        return character in "{[," and not self._open

    def _follow(self, character: str) -> None:
        if self._within_string:
            self._escaped = character == "\\"
            self._within_string = self._escaped
        elif character == '"':
            self._within_string = True
        elif character in "{[":
            self._enter(character)
        elif self._deeper:
            self._deeper -= 1
        elif character in OPENER:
            del self._open[max(self._open.rfind(OPENER[character]), 0) :]

    def _enter(self, character: str) -> None:
        if len(self._open) < MAX_DEPTH:
            self._open += character.encode()
        else:
            self._deeper += 1

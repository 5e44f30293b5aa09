"""The encoding of a text, told by its bytes; and its records as text, never as mojibake.

    a byte order mark       -> what it says
    NULs at every other byte -> UTF-16
    valid UTF-8, or mostly  -> UTF-8; what is not, is a faulty record
    other bytes             -> the encoding that the mapping names, else cp1252 if it reads like a
                               language of Western Europe, else UTF-8 if only few lines hold them,
                               else nothing: the object is refused

All readers work on bytes in which ASCII stands for itself, so UTF-16 comes to them as UTF-8.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.clean.formats.packed import DamagedError
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

UTF_8, UTF_16_LE, UTF_16_BE = "utf-8", "utf-16-le", "utf-16-be"
WESTERN = "cp1252"
WESTERN_TOO = {"iso8859-1", "ascii"}
"""What says so and holds other bytes, holds those of cp1252."""

UNICODE = {
    "utf-8": UTF_8,
    "utf-8-sig": UTF_8,
    "utf-16": UTF_16_LE,
    "utf-16-le": UTF_16_LE,
    "utf-16-be": UTF_16_BE,
}
LOW, HIGH = bytes(range(128)), bytes(range(128, 256))
LONE = "surrogatepass"
"""Halves of surrogate pairs go through the rewriting, so that it loses nothing."""

MARKS = tuple(
    (re.compile(b"(?:%b){1,9}" % re.escape(mark)), name)
    for mark, name in (
        (codecs.BOM_UTF8, UTF_8),
        (codecs.BOM_UTF16_LE, UTF_16_LE),
        (codecs.BOM_UTF16_BE, UTF_16_BE),
    )
)
"""Each tool that a file goes through may set one before what it takes for text."""

FEW = 0.05
MANY = 0.2

HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
CONTROLS = re.compile(rb"[\x00\x02-\x08\x0b\x0e-\x19\x1b\x7f]")
STRANGE = re.compile(
    r"[\xff\ufffd\u0192\u2020\u2021\u02c6\u02dc\u2030]"
    r"|[^\W\d_a-zA-Z]{3,}"
    r"|(?<=[^\W\d_])[\xa1-\xa9\xac\xae-\xb3\xb6\xb8\xb9\xbb-\xbf\xd7\xf7](?=[^\W\d_])"
)
"""What no text of Western Europe holds often: signs of other trades, three letters in a row that
are not of ASCII, a currency sign or a fraction between two letters."""


def canonical(name: str) -> str:
    """The one name of an encoding that can be read here. Raises ValueError."""
    try:
        found = codecs.lookup(name).name
        if found in UNICODE:
            return UNICODE[found]
        if LOW.decode(found) == LOW.decode() and len(HIGH.decode(found, "replace")) == len(HIGH):
            return WESTERN if found in WESTERN_TOO else found
    except (LookupError, UnicodeError):
        pass
    raise ValueError(
        f"encoding {name!r} is none of {', '.join(UNICODE)}, and no charset of one byte a character"
    )


@dataclass(frozen=True)
class Encoding:
    """`mark` is how many bytes stand before the text: byte order marks, a line on delimiters."""

    name: str
    mark: int = 0

    @cached_property
    def rewritten(self) -> bool:
        """Whether readers see UTF-8 in place of the object's own bytes."""
        return self.name in {UTF_16_LE, UTF_16_BE}

    def decode(self, data: bytes) -> str:
        """One record as text. Raises RejectedError.

        In a file of cp1252 what is valid UTF-8 is UTF-8: no word of cp1252 looks like it.
        """
        try:
            return data.decode(self._tried_first)
        except UnicodeDecodeError as error:
            if self.name == WESTERN and not UNDEFINED.search(data):
                return data.decode(WESTERN)
            reason = (
                Reason.NOT_UTF8.of() if self.name == UTF_8 else Reason.UNDECODABLE.of(self.name)
            )
            where = f"byte 0x{data[error.start]:02x} at {error.start + 1}"
            raise RejectedError(reason.because(where)) from error

    @cached_property
    def _tried_first(self) -> str:
        return UTF_8 if self.rewritten or self.name == WESTERN else self.name

    def readable(self, pieces: Iterable[bytes], *, cut: bool = False) -> Iterator[bytes]:
        """The pieces as readers want them.

        Raises DamagedError if half a character is left, unless it is known that they are cut.
        """
        if not self.rewritten:
            yield from pieces
            return
        decoder = codecs.getincrementaldecoder(self.name)(LONE)
        for piece in pieces:
            yield decoder.decode(piece).encode(UTF_8, LONE)
        if decoder.getstate()[0] and not cut:
            raise DamagedError.because("half a character of UTF-16 is left")

    @property
    def measure(self) -> Callable[[bytes], int]:
        """How many bytes of the object a part of what `readable` gave stands for."""
        return (lambda part: len(self.original(part))) if self.rewritten else len

    def original(self, data: bytes) -> bytes:
        """The object's own bytes; `data` may be cut within a character."""
        if not self.rewritten:
            return data
        try:
            return data.decode(UTF_8, LONE).encode(self.name, LONE)
        except UnicodeDecodeError as error:
            return data[: error.start].decode(UTF_8, LONE).encode(self.name, LONE)


def told(head: bytes, hint: str = "") -> Encoding:
    """The encoding of a text that begins with `head`, whole lines if it goes on.

    Raises RejectedError if nothing tells.
    """
    for mark, name in MARKS:
        if marked := mark.match(head):
            return Encoding(name, marked.end())
    if wide := _utf_16(head):
        return Encoding(wide)
    characters, strays = _multibyte(head)
    named = canonical(hint) if hint else ""
    if named in {UTF_16_LE, UTF_16_BE}:
        named = named if b"\0" in head else ""
    if named and (named == UTF_8 or characters <= strays):
        return Encoding(named)
    return Encoding(_guessed(head) if strays >= max(characters, 1) else UTF_8)


def _guessed(head: bytes) -> str:
    if _is_western(head):
        return WESTERN
    found = head.splitlines()
    if 2 * sum(map(_has_strays, found)) < len(found):
        return UTF_8  # a few damaged lines
    advice = "it is not UTF-8, and not like cp1252; the mapping may name it"
    raise RejectedError(Reason.UNKNOWN_ENCODING.of().because(advice))


def is_binary(head: bytes) -> bool:
    """Whether what should be text holds more control characters than any text.

    Those that divide fields, as Hive has it, are no sign of it.
    """
    return len(CONTROLS.findall(head)) > FEW * len(head)


def _utf_16(head: bytes) -> str:
    """Text has NULs in one half of UTF-16's bytes only: the high ones."""
    units = len(head) // 2
    even, odd = head[0 : 2 * units : 2].count(0), head[1 : 2 * units : 2].count(0)
    if odd > MANY * units and even < MANY * odd:
        return UTF_16_LE
    if even > MANY * units and odd < MANY * even:
        return UTF_16_BE
    return ""


def _multibyte(head: bytes) -> tuple[int, int]:
    """Whole UTF-8 characters beyond ASCII, and runs of bytes that hold something else."""
    characters = strays = 0
    for run in HIGH_BYTES.findall(head):
        found = MULTIBYTE.findall(run)
        characters += len(found)
        strays += sum(map(len, found)) < len(run)
    return characters, strays


def _has_strays(line: bytes) -> bool:
    return not line.isascii() and _multibyte(line)[1] > 0


def _is_western(head: bytes) -> bool:
    text = head.decode(WESTERN, "replace")
    return 10 * len(STRANGE.findall(text)) <= len(HIGH_BYTES.findall(head))

"""A mail's parts, found in its bytes: multiparts and messages in one another, all bounded.

The standard library's parser builds what it is told to, recursively and line by line; here every
level is one search for its boundary, and what is beyond bounds is refused before it is built.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdas.clean.mail.bounds import MAX_LEVELS, MAX_PARTS, held
from lambdas.clean.mail.headers import parted
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.mail.headers import Headers

PLAIN, HTML, MESSAGE = "text/plain", "text/html", "message/rfc822"
AS_IT_IS = {"", "7bit", "7bits", "7-bit", "8bit", "8bits", "8-bit", "binary", "none"}
LONGEST_BOUNDARY = 200
SPACE = b" \t\r\n"
BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:>?From [^\r\n]*\r?\n)?")
"""What mailboxes and editors set before the first header."""

MAILBOX = re.compile(rb"\n\r?\nFrom [^\r\n]*\r?\n[!-9;-~]+:")
"""Where the next mail of a mailbox begins."""

PADDING = re.compile(rb"(?<![ \t])[ \t]+(?=\r?\n|\Z)")
"""Of quoted-printable text, added on the way: a space of the text's own is `=20` there."""


@dataclass(frozen=True, eq=False)
class Part:
    """One part without parts of its own; its bytes as they stand in the mail."""

    headers: Headers
    body: memoryview
    type: str

    @property
    def charset(self) -> str:
        return self.headers.parameters("content-type").get("charset")

    @property
    def is_attached(self) -> bool:
        return self.headers.parameters("content-disposition").value == "attachment"

    @property
    def name(self) -> str:
        """The file's name that its sender gave it; empty without one. Raises RejectedError."""
        named = self.headers.parameters("content-disposition").get("filename")
        return named or self.headers.parameters("content-type").get("name")

    def content(self, what: str) -> bytes:
        """The bytes that were sent. Raises RejectedError, which says that `what` cannot be read."""
        encoding = _encoding(self.headers)
        if encoding in AS_IT_IS:
            return bytes(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(PADDING.sub(b"", self.body))
        if encoding == "base64":
            try:
                packed = bytes(self.body).translate(None, SPACE)
                return binascii.a2b_base64(_padded(packed), strict_mode=True)
            except binascii.Error as error:
                raise no_mail(f"{what} is no base64: {error}") from error
        raise no_mail(f"{what} is encoded as {encoding[:40]!r}")


@dataclass
class Message:
    """A mail, or one within it: its own parts in their order, and the mails that are attached."""

    headers: Headers
    data: memoryview
    parts: list[Part] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def no_mail(why: str) -> RejectedError:
    return RejectedError(Reason.NO_MAIL.of(limit=why))


def read_message(data: bytes) -> Message:
    """The mail that the bytes are. Raises RejectedError."""
    headers, body = parted(data, _begin(data, 0, len(data)), len(data))
    if not headers:
        raise no_mail("it does not begin with headers")
    if data.startswith(b"From ") and MAILBOX.search(data):
        raise no_mail("it is a mailbox of several mails: put each by itself")
    message = Message(headers, memoryview(data))
    _Reader(data).read(message, headers, body, len(data), level=0)
    return message


class _Reader:
    def __init__(self, data: bytes, parts: int = 0) -> None:
        self._data = data
        self.parts = parts

    def read(self, message: Message, headers: Headers, start: int, end: int, *, level: int) -> None:
        """Adds what is between two places, whose headers are known, to the message."""
        held(level, MAX_LEVELS, "levels of parts in one another")
        self.parts += 1
        held(self.parts, MAX_PARTS, "parts")
        content = headers.parameters("content-type")
        kind = content.value or PLAIN
        if kind.startswith("multipart/"):
            for first, last in self._between(content.get("boundary"), start, end):
                inner, body = parted(self._data, first, last)
                self.read(message, inner, body, last, level=level + 1)
            return
        part = Part(headers, memoryview(self._data)[start:end], kind)
        if kind != MESSAGE:
            message.parts.append(part)
        elif _encoding(headers) in AS_IT_IS:
            message.messages.append(self.within(start, end, level + 1))
        else:
            self._unpack(message, part, level + 1)

    def within(self, start: int, end: int, level: int) -> Message:
        """The mail between two places."""
        headers, body = parted(self._data, _begin(self._data, start, end), end)
        found = Message(headers, memoryview(self._data)[start:end])
        self.read(found, headers, body, end, level=level)
        return found

    def _unpack(self, message: Message, part: Part, level: int) -> None:
        """A mail within another may not be encoded, and is, by some programs."""
        try:
            data = part.content("a mail in it")
        except RejectedError:
            message.parts.append(part)
            return
        reader = _Reader(data, self.parts)
        message.messages.append(reader.within(0, len(data), level))
        self.parts = reader.parts

    def _between(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the parts are that the boundary divides; the last one has to be closed."""
        if not boundary or len(boundary) > LONGEST_BOUNDARY:
            raise no_mail("a part of several has no boundary between them")
        line = re.compile(
            rb"(?:^|(?<=\n))--%b(--)?[ \t]*\r?(?:\n|\Z)" % re.escape(boundary.encode())
        )
        first = None
        for found in line.finditer(self._data, start, end):
            if first is not None:
                yield first, self._without_end(first, found.start())
            if found[1]:
                return
            first = found.end()
        raise no_mail("it ends before a part of several is closed")

    def _without_end(self, start: int, end: int) -> int:
        """The line's end before a boundary is the boundary's."""
        if end > start and self._data[end - 1 : end] == b"\n":
            end -= 1
        if end > start and self._data[end - 1 : end] == b"\r":
            end -= 1
        return end


def _begin(data: bytes, start: int, end: int) -> int:
    """Where the headers begin."""
    found = BEGINNING.match(data, start, end)
    return found.end() if found else start


def _encoding(headers: Headers) -> str:
    """Without quotes around it, and a comment or a semicolon behind it."""
    said = (headers.raw("content-transfer-encoding") or "").lower()
    return re.split(r"[\s;(]", said, maxsplit=1)[0].strip('"')


def _padded(packed: bytes) -> bytes:
    """With the signs at its end that some senders leave out."""
    return packed if packed.endswith(b"=") else packed + b"=" * (-len(packed) % 4)

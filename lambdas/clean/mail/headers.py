"""The headers of a mail or of one of its parts: each read only once it is asked for."""

from __future__ import annotations

import binascii
import re
from datetime import UTC
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from lambdas.clean.mail.bounds import MAX_HEADER_BYTES, MAX_HEADERS, MAX_VALUE, held
from lambdas.clean.mail.charsets import UTF_8, decoded
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
MAX_PARAMETERS = 50
MAX_COMMENTS = 50
"""In brackets, which the standard library reads by recursion."""

UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f]+")
ENCODED = re.compile(
    r"=\?(?P<charset>[^?*\s]+)(?:\*[^?\s]*)?\?(?P<encoding>[bBqQ])\?(?P<text>[^?]*)\?="
)
"""RFC 2047, with RFC 2231's language, which does not matter here."""

ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
TWICE = re.compile(r"(?<![^\s,;])([^\s@<>,;\"]+@[^\s@<>,;\"]+)\s*<\1>", re.IGNORECASE)
"""An address as the name of itself, which not every version of the standard library reads."""

OFFSET = re.compile(
    r"(?<=:\d\d)\s*(?:GMT|UTC?)?\s*([+-])(\d\d?)(?::?(\d\d))?\s*(?=\(|$)", re.IGNORECASE
)
"""`+0100`, and what it is written as by programs that do not know better: `GMT+1`, `+01:00`."""

ZONES = {"WET": 0, "WEST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3}
"""Names of hours east of Greenwich that no RFC has, and that senders use; each means one thing."""

NAMED = re.compile(rf"\b({'|'.join(ZONES)})\s*$", re.IGNORECASE)

UNDIVIDED = re.compile(r"^([^\s;]+/[^\s;]+)\s+(?=[\w-]+\s*=)")
"""`text/plain charset=utf-8`, which lacks a semicolon."""

UNADDRESSED = re.compile(r'"[^"]*"|\([^()]*\)|' + ENCODED.pattern)
BETWEEN = re.compile(r"[\s<>,;:\"]+")


class Headers:
    """By small name. One that may come once and comes twice is nobody's word."""

    def __init__(self, fields: dict[str, list[bytes]]) -> None:
        self._fields = fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def raw(self, name: str, errors: Literal["strict", "replace"] = "strict") -> str | None:
        """The value, unfolded. Raises RejectedError."""
        values = self._fields.get(name, [])
        if len(set(values)) > 1:
            raise bad(name, "comes more than once, and says different things")
        if not values:
            return None
        held(len(values[0]), MAX_VALUE, f"bytes in its header {name}")
        if errors == "replace":
            return values[0].decode(UTF_8, errors).strip()
        return decoded(values[0], "", f"the header {name}").strip()

    def text(self, name: str) -> str | None:
        """The value with its encoded words decoded, in one line. Raises RejectedError."""
        value = self.raw(name)
        return None if value is None else _words(value, name)

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Names and addresses, these in small letters. Raises RejectedError."""
        value = self.raw(name)
        if value is None:
            return []
        if value.count("(") > MAX_COMMENTS:
            raise bad(name, "has too many comments")
        found = []
        for person, address in getaddresses([TWICE.sub(r"<\1>", value)]):
            if not ADDRESS.fullmatch(address):
                raise bad(name, "has what is no address")
            found.append((_words(person, name), address.lower()))
        return found

    def recipients(self, name: str) -> list[str]:
        """What is an address in it, in small letters; all else is dropped, as nothing hangs on it.

        Nobody's order is lost for what a mail program writes there, be it `undisclosed:;`.
        """
        value = b",".join(self._fields.get(name, []))[:MAX_VALUE].decode("utf-8", "replace")
        words = BETWEEN.split(UNADDRESSED.sub(" ", value).lower())
        return list(dict.fromkeys(word for word in words if ADDRESS.fullmatch(word)))

    def moment(self, name: str) -> str | None:
        """The time as ISO 8601 in UTC, which an unknown zone is taken for, as RFC 5322 says.

        Raises RejectedError.
        """
        value = self.raw(name, errors="replace")  # in a comment, the zone's name in words
        if value is None:
            return None
        try:
            found = parsedate_to_datetime(_zoned(value))
            told = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise bad(name, "is no date") from error
        return f"{told.replace(tzinfo=None).isoformat(timespec='seconds')}Z"

    def parameters(self, name: str) -> Parameters:
        """What a header such as Content-Type says behind its first word. Raises RejectedError.

        What is no text, as a file's name may be, is no reason to lose an order.
        """
        value = self.raw(name, errors="replace") or ""
        held(value.count(";"), MAX_PARAMETERS, f"parameters in its header {name}")
        return Parameters(name, UNDIVIDED.sub(r"\1; ", UNPRINTED.sub(" ", value)))


class Parameters:
    """A header with parameters, as the standard library reads it."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._message = name, Message()
        if value:
            self._message[name] = value

    @property
    def value(self) -> str:
        """The first word: `text/html`, `attachment`."""
        return str(self._message.get(self._name, "")).partition(";")[0].strip().lower()

    def get(self, parameter: str) -> str:
        """Decoded; empty if it is not said. Raises RejectedError."""
        found = self._message.get_param(parameter, "", self._name)
        if isinstance(found, tuple):
            charset, _, text = found
            return decoded(text.encode("latin-1", "replace"), charset or "", self._name)
        return _words(found, self._name) if isinstance(found, str) else ""


def bad(name: str, what: str) -> RejectedError:
    return RejectedError(Reason.BAD_MAIL_HEADER.of(name, what))


def _zoned(date: str) -> str:
    """The date with its zone as RFC 5322 writes it, where it is one that we know."""
    hours = NAMED.sub(lambda found: f"+{ZONES[found[1].upper()]:02d}00", date)
    return OFFSET.sub(lambda found: f" {found[1]}{found[2]:0>2}{found[3] or '00'} ", hours)


def parted(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers between two places of a mail, and where the body begins.

    A line that is no header begins the body, as if a blank one stood before it. Raises
    RejectedError.
    """
    within = min(end, start + MAX_HEADER_BYTES)
    if data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        return Headers({}), data.index(b"\n", start) + 1
    blank = data.find(b"\n\n", start, within), data.find(b"\n\r\n", start, within)
    ends = min((place for place in blank if place >= 0), default=-1)
    if ends < 0 and within < end:
        raise RejectedError(
            Reason.MAIL_BEYOND_BOUNDS.of(limit=f"{MAX_HEADER_BYTES:,} bytes of headers")
        )
    stop = ends + 1 if ends >= 0 else end
    fields: dict[str, list[bytes]] = {}
    at = start
    for number, field in enumerate(_unfolded(data[start:stop])):
        held(number + 1, MAX_HEADERS, "headers")
        found = HEADER.fullmatch(field)
        if not found:
            return Headers(fields), at
        at += len(field)
        fields.setdefault(found[1].decode().lower(), []).append(_joined(found[2]))
    return Headers(fields), data.find(b"\n", stop, end) + 1 if ends >= 0 else end


def _unfolded(data: bytes) -> Iterable[bytes]:
    """Fields with the lines that go on with them."""
    field: list[bytes] = []
    for line in data.splitlines(keepends=True):
        if field and not line.startswith((b" ", b"\t")):
            yield b"".join(field)
            field = []
        field.append(line)
    if field:
        yield b"".join(field)


def _joined(value: bytes) -> bytes:
    return b"".join(value.splitlines())


def _words(value: str, name: str) -> str:
    """Encoded words decoded, by their charsets; control characters are spaces in what comes out."""
    texts: list[str] = []
    run, charset, at = b"", "", 0
    for word in ENCODED.finditer(value):
        between = value[at : word.start()]
        if run and (between.strip() or word["charset"].lower() != charset):
            texts.append(decoded(run, charset, f"the header {name}"))
            run = b""
        if between.strip():
            texts.append(between)
        charset = word["charset"].lower()
        run += _word(word["encoding"], word["text"], name)  # a character may be split between two
        at = word.end()
    if run:
        texts.append(decoded(run, charset, f"the header {name}"))
    return UNPRINTED.sub(" ", "".join([*texts, value[at:]])).strip()


def _word(encoding: str, text: str, name: str) -> bytes:
    try:
        data = text.encode("ascii")
        if encoding in "qQ":
            return binascii.a2b_qp(data, header=True)
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except (ValueError, binascii.Error) as error:
        raise bad(name, "has an encoded word that cannot be decoded") from error

"""What an object is: told by its first bytes, never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from lambdas.clean.formats import encodings, sniff
from lambdas.clean.formats.delimited import Dialect
from lambdas.clean.formats.encodings import Encoding
from lambdas.clean.formats.model import Format
from lambdas.clean.formats.packed import PARQUET_MAGIC, DamagedError, of_whole
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.clean.formats.model import Hints
    from lambdas.clean.formats.packed import Unpacked

HEAD = 1024 * 1024
"""How many unpacked bytes show what an object is."""

BINARY = {
    b"PK\x03\x04": "a ZIP archive: unpack it, and put what is in it",
    b"PK\x05\x06": "a ZIP archive with nothing in it",
    b"\xd0\xcf\x11\xe0": "an Office document of the old kind: save its sheet as CSV",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "gzip within gzip",
    b"\x1f\x9d": "packed by compress: unpack it",
    b"BZh": "bzip2: unpack it, or pack it as gzip",
    b"\xfd7zXZ": "xz: unpack it, or pack it as gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard: unpack it, or pack it as gzip",
    b"\x04\x22\x4d\x18": "LZ4: unpack it, or pack it as gzip",
    b"\xff\x06\0\0sNaPpY": "Snappy: unpack it, or pack it as gzip",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it, and put what is in it",
    b"Rar!": "a RAR archive: unpack it, and put what is in it",
    b"ORC": "ORC: write it as Parquet",
    b"Obj\x01": "Avro: write it as Parquet",
    b"PARE": "encrypted Parquet",
    b"SQLite format 3\0": "an SQLite database: export its table as CSV",
    b"{\\rtf": "an RTF document: save its table as CSV",
    b"version https://git-lfs": "a pointer of Git LFS: put the file that it is for",
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
}
"""With what to do of it, where that is not plain."""

WORKBOOK = "an Excel workbook: save its sheet as CSV"
IN_WORKBOOKS = (b"xl/", b"[Content_Types].xml")
ARCHIVE = "a tar archive: unpack it, and put what is in it"
IN_ARCHIVES = slice(257, 262), b"ustar"
MARKUP = re.compile(
    rb"\s*<(?:(!DOCTYPE\s+html|html)\b|\?xml\b|[a-z][\w:.-]*(?:\s[^<>]*)?>[ \r\n]*<)", re.IGNORECASE
)
"""How HTML begins, and XML; `<DAY>,<PRICE>` is the header of a table."""

SAID = re.compile(rb'"?sep=([^"\r\n])"?[,;\t|]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""A first line that says the delimiter, as Excel has it: no row, and no column's name."""


class Head:
    """The first bytes of an object, and all of its pieces still. `whole` if there are no others."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        taken: list[bytes] = []
        following = iter(pieces)
        self.damage: DamagedError | None = None
        self.whole = True
        size = 0
        try:
            for piece in following:
                taken.append(piece)
                size += len(piece)
                if size >= HEAD:
                    self.whole = False
                    break
        except DamagedError as damage:
            self.damage = damage
            self.whole = False
            following = _damaged(damage)
        self.data = b"".join(taken)
        self.pieces: Iterator[bytes] = chain(taken, following)


def _damaged(damage: DamagedError) -> Iterator[bytes]:
    raise damage
    yield b""  # what makes it an iterator


UTF_8 = Encoding(encodings.UTF_8)
COMMA = Dialect(",")


@dataclass(frozen=True)
class Found:
    """What an object is, and what its reader has to know of it."""

    format: Format
    encoding: Encoding = UTF_8
    dialect: Dialect = COMMA


def detect(head: Head, unpacked: Unpacked, hints: Hints) -> Found:
    """Raises RejectedError if the object cannot be read as a whole."""
    if head.damage and not head.data:
        raise RejectedError(of_whole(head.damage.rejection))
    if head.data.startswith(PARQUET_MAGIC) and not head.data[4:5].decode("latin-1").isprintable():
        return Found(Format("parquet", unpacked.packed))
    if what := _binary(head.data):
        raise RejectedError(Reason.UNKNOWN_FORMAT.of().because(f"it is {what}"))
    return _detect_text(head, unpacked, hints)


def _binary(data: bytes) -> str | None:
    """What it is, if that is known and can be read by nobody here."""
    place, sign = IN_ARCHIVES
    if data[place] == sign:
        return ARCHIVE
    found = next((what for magic, what in BINARY.items() if data.startswith(magic)), None)
    name = data[30:60]  # of the first file in a ZIP archive
    return WORKBOOK if data.startswith(b"PK") and name.startswith(IN_WORKBOOKS) else found


def _detect_text(head: Head, unpacked: Unpacked, hints: Hints) -> Found:
    encoding = _encoding(head, hints)
    text = _text(head.data[encoding.mark :], encoding)
    found = partial(Format, packed=unpacked.packed, encoding=encoding.name)
    if not text.strip():
        return Found(found("empty"), encoding)
    if encodings.is_binary(text):
        raise RejectedError(Reason.UNKNOWN_FORMAT.of().because("it is binary"))
    if markup := MARKUP.match(text):
        what = "HTML: it may tell why it is no export" if markup[1] else "XML: export CSV or JSON"
        raise RejectedError(Reason.UNKNOWN_FORMAT.of().because(f"it is {what}"))
    sample = text if head.whole else _whole_lines(text) or text
    if kind := sniff.json_kind(sample, encoding, hints.record_path):
        return Found(found(kind), encoding)
    if said := SAID.match(text):
        encoding, text = _behind(said.end(), encoding), text[said.end() :]
        hints = replace(hints, delimiter=said[1].decode("latin-1"))
    sheet = sniff.sheet(_complete(head, text, hints), encoding, hints)
    layout = found(
        "delimited",
        delimiter=sheet.dialect.delimiter,
        columns=sheet.columns,
        width=sheet.width,
        header=sheet.header,
    )
    return Found(layout, encoding, sheet.dialect)


def _behind(size: int, encoding: Encoding) -> Encoding:
    """Without the first ASCII characters of the text, which become part of its mark."""
    return replace(encoding, mark=encoding.mark + size * (2 if encoding.rewritten else 1))


def _encoding(head: Head, hints: Hints) -> Encoding:
    data = head.data if head.whole else _whole_lines(head.data) or head.data
    return encodings.told(data, hints.encoding)


def _text(data: bytes, encoding: Encoding) -> bytes:
    """What readers will see of the bytes; half a character at their end is left out."""
    return b"".join(encoding.readable([data], cut=True))


def _complete(head: Head, text: bytes, hints: Hints) -> bytes:
    """The whole lines of the text."""
    if head.whole:
        return text
    complete = _whole_lines(text)
    if complete or hints.header is False:
        return complete
    if head.damage:
        raise RejectedError(of_whole(head.damage.rejection))
    raise RejectedError(Reason.LINE_TOO_LONG.of(limit=HEAD).at("the header"))


def _whole_lines(data: bytes) -> bytes:
    return data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]

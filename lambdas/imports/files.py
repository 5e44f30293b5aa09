"""From a file's bytes to its text: gzip or plain, bounded, in a charset that is known."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib

MAX_UNPACKED_BYTES = 16 * 1024 * 1024
"""What a small file may inflate to is bounded, so that a bomb costs no more."""

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DEFAULT = "utf-8"
ADVICE = "save the file as UTF-8, or name its charset: Content-Type: text/csv; charset=windows-1252"


class UnreadableFileError(Exception):
    """Nothing of the file can be taken in; the sentence is for the vendor who sent it."""


def text_of(body: bytes, *, gzipped: bool, charset: str | None) -> str:
    """The whole text. A byte order mark counts more than `charset`; without both it is UTF-8.

    No charset is guessed: a guess that is wrong writes wrong names into the catalogue.
    Raises UnreadableFileError.
    """
    data = _unpacked(body) if gzipped else body
    if not data.strip():
        raise UnreadableFileError("The file is empty.")
    mark = next((mark for mark in MARKS if data.startswith(mark)), None)
    encoding = MARKS[mark] if mark else charset or DEFAULT
    if encoding == DEFAULT and b"\0" in data.partition(b"\n")[0]:
        raise UnreadableFileError(
            "The first line holds NUL bytes, as UTF-16 without a byte order mark has them: "
            "save the file as UTF-8, or name its charset: charset=utf-16le."
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(
            f"The file is not {encoding.removesuffix('-sig')}: line {line} holds the byte "
            f"0x{data[error.start]:02x}, {error.reason}; {ADVICE}."
        ) from error


def _unpacked(body: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            data = file.read(MAX_UNPACKED_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"The file is not whole gzip: {error}.") from error
    if len(data) > MAX_UNPACKED_BYTES:
        raise UnreadableFileError(
            f"The file unpacks to more than {MAX_UNPACKED_BYTES} bytes: split it."
        )
    return data

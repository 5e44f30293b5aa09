"""From the bytes of an object of the API's records to its lines."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from lambdas.clean.formats.lines import BYTE_ORDER_MARK, MAX_LINE_BYTES, at_newlines, lines
from lambdas.clean.formats.packed import Bounds, of_whole, unpack
from lambdas.clean.reasons import WHOLE_OBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.reasons import Rejection

MAX_OBJECT_BYTES = 256 * 1024 * 1024
"""Unpacked. What a small object may inflate to is bounded, so that a bomb costs no more."""


@dataclass(frozen=True)
class Line:
    """One line without its newline; `row` counts from 1. With a `fault` it is no record."""

    row: int
    data: bytes
    fault: Rejection | None = None


def read_lines(body: bytes, max_bytes: int = MAX_OBJECT_BYTES) -> Iterator[Line]:
    """The lines that are not blank. What damage or the bound cuts off is one last, faulty line."""
    pieces = unpack(BytesIO(body), Bounds(size=max_bytes))
    for row, line in enumerate(lines(pieces, MAX_LINE_BYTES, at_newlines), start=1):
        data = line.data.removesuffix(b"\n")
        if row == 1:
            data = data.removeprefix(BYTE_ORDER_MARK)
        if row == 1 and not data and line.fault:
            yield Line(WHOLE_OBJECT, body, of_whole(line.fault))
        elif line.fault or not (data.isspace() or not data):
            yield Line(row, data, line.fault)

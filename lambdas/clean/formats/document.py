"""JSON documents: an array of objects, one object, several in a row, or an array deep in one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats import values
from lambdas.clean.formats.model import Position, Row
from lambdas.clean.formats.window import Window
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.formats.encodings import Encoding
    from lambdas.clean.formats.window import Value

FOUND = "."
CLOSING = {"[": "]", "{": "}"}


class DocumentRows:
    """A row for each element of an array at the top, else for each value there is.

    With a record path, objects at the top are not rows themselves: those of the array to which the
    path leads are, or the one object. `position` is behind the row that was given last.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        encoding: Encoding,
        record_path: tuple[str, ...],
        start: Position,
        beginning: bytes,
    ) -> None:
        self._window = Window(pieces, start.offset or encoding.mark, encoding.measure)
        self._encoding = encoding
        self._path = record_path
        self._within = start.memory.removesuffix(FOUND)  # brackets of what leads to the records
        self._found = start.memory.endswith(FOUND) or not record_path
        self._number = start.number
        self._beginning = beginning

    @property
    def position(self) -> Position:
        memory = self._within + FOUND * self._found
        return Position(self._window.offset, self._number, memory)

    def __iter__(self) -> Iterator[Row]:
        while character := self._window.peek():
            value = self._step(character)
            if value:
                yield self._row(value)
                if not value.closed:
                    return
        yield from self._end()

    def _step(self, character: str) -> Value | None:
        """The value that stands where a row should, or else a step nearer to one."""
        if not self._within and (character == "[" or (character == "{" and self._path)):
            self._found = self._found or character == "["
            self._enter(character)
            return None
        if self._within and character == CLOSING[self._within[-1]]:
            self._leave()
            return None
        return self._member() if self._within.endswith("{") else self._window.value()

    def _member(self) -> Value | None:
        """Passes a name and its value, unless the path leads there."""
        name = self._window.value()
        if not (isinstance(name.parsed, str) and self._window.skip(":")):
            return replace(name, fault=name.fault or Reason.MALFORMED_JSON.of())
        character = self._window.peek()
        if not character:
            return None
        level = len(self._within)
        leads = self._name(name) == self._path[level - 1]
        self._found = self._found or (leads and level == len(self._path))
        if leads and character == ("[" if level == len(self._path) else "{"):
            self._enter(character)
            return None
        return self._window.value() if leads and level == len(self._path) else self._passed()

    def _name(self, name: Value) -> str:
        if name.data.isascii():
            return str(name.parsed)
        try:
            return str(values.DECODER.decode(self._encoding.decode(name.data)))
        except RejectedError:
            return ""  # no name that anyone asks for

    def _passed(self) -> Value | None:
        """Passes a value that leads to no record, unless the damage may have taken some."""
        value = self._window.value()
        too_long = value.fault and value.fault.reason is Reason.LINE_TOO_LONG
        return None if value.closed and (value.is_json or too_long) else value

    def _enter(self, bracket: str) -> None:
        self._window.skip(bracket)
        self._within += bracket

    def _leave(self) -> None:
        self._window.skip(self._window.peek())
        self._within = self._within[:-1]

    def _row(self, value: Value) -> Row:
        self._number += 1
        original = self._encoding.original(value.data)
        fault = value.fault
        if not fault:
            try:
                return Row(self._number, value.offset, self._fields(value), original)
            except RejectedError as error:
                fault = error.rejection
        return Row(self._number, value.offset, {}, original, fault)

    def _fields(self, value: Value) -> dict[str, Any]:
        if value.is_json and value.data.isascii():
            return values.checked(value.parsed, value.data)
        return values.record(value.data, self._encoding)

    def _end(self) -> Iterator[Row]:
        offset, damage = self._window.offset, self._window.damage
        if damage or self._within:
            fault = damage or Reason.TRUNCATED.of().because("the JSON document is not closed")
            yield Row(self._number + 1, offset, {}, b"", fault)
        elif not self._found:
            fault = Reason.NO_RECORDS.of(".".join(self._path))
            yield Row(WHOLE_OBJECT, 0, {}, self._beginning, fault)

"""What is wrong with a declared file, and where."""

from __future__ import annotations

from typing import Self


class DeclarationError(Exception):
    """A file cannot be used. The message names the file, the place in it and what is wrong."""

    def __init__(self, fault: str, file: str = "", place: tuple[object, ...] = ()) -> None:
        super().__init__(": ".join(filter(None, (file, ".".join(map(str, place)), fault))))
        self.fault, self.file, self.place = fault, file, place

    def at(self, *place: object) -> Self:
        """The same, found under that place."""
        return type(self)(self.fault, self.file, (*place, *self.place))

    def within(self, file: str) -> Self:
        return type(self)(self.fault, file, self.place)

"""Patterns of mappings over what strangers write: RE2's, whose time is linear in the text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import re2

from lambdas.clean.mail.bounds import MAX_LINES, held

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pattern:
    """In any case of letters; `^` and `$` are a line's. Raises ValueError for what is none."""

    def __init__(self, text: str) -> None:
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        try:
            self._pattern = re2.compile(f"(?m){text}", options)
        except re2.error as error:
            [reason] = error.args
            said = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
            raise ValueError(f"{text!r} is no pattern: {said}") from error

    @property
    def names(self) -> list[str]:
        """Of its groups."""
        return list(self._pattern.groupindex)

    def fits(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    def first(self, text: str) -> str | None:
        """Its first group where it first matches, or all that it matches there if it has none."""
        found = self._pattern.search(text)
        if found is None:
            return None
        group: str | None = found.group(1 if self._pattern.groups else 0)
        return group

    def every(self, text: str) -> Iterator[str]:
        """What `first` finds, and what it would find behind that. Raises RejectedError."""
        for number, found in enumerate(self._pattern.finditer(text)):
            held(number + 1, MAX_LINES, "places of a field")
            yield found.group(1 if self._pattern.groups else 0) or ""

    def all(self, text: str) -> Iterator[dict[str, str | None]]:
        """Its named groups, for each match. Raises RejectedError for more than may be."""
        for number, found in enumerate(self._pattern.finditer(text)):
            held(number + 1, MAX_LINES, "lines")
            yield found.groupdict()


@cache
def pattern(text: str) -> Pattern:
    """Raises ValueError."""
    return Pattern(text)

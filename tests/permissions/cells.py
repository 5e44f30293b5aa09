"""One question, and the only right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.permissions.decisions import Question


@dataclass(frozen=True)
class Cell:
    """`place` and `action` say what `question` asks, in the table's words."""

    who: str
    place: str
    action: str
    question: Question
    allowed: bool

    def __str__(self) -> str:
        may = "may" if self.allowed else "may not"
        return f"{self.who} {may} {self.action} at {self.place!r}"

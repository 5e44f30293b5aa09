"""The texts of a record that a mapping asks for, as SQL: each record is parsed once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.clean.mapping.names import found, lists, parted, pointer
from lambdas.clean.mapping.readings import absent
from lambdas.engine import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.clean.mapping.model import Reading
    from lambdas.clean.mapping.names import Path


class Texts:
    """What is asked of records that have these columns.

    `each` names the list that an entity goes through, if it does. Every text that is asked for is
    an element of the lists that `extracted` makes, so that has to be asked for last.
    """

    def __init__(self, columns: Sequence[str | Path], each: str | None = None) -> None:
        self._columns, self._each = columns, each
        self._asked: dict[str, dict[Path, int]] = {"fields": {}, "member": {}}

    def present(self, aliases: Sequence[str], reading: Reading) -> str:
        """The text under the first of these names that has one in the record."""
        ways = (way for alias in aliases for way in found(alias, self._columns, self._each))
        nothing = literal(absent(reading))
        texts = [f"present({self._at(way)}, {nothing})" for way in dict.fromkeys(ways)]
        return f"coalesce({', '.join([*texts, 'null'])})"

    @property
    def extracted(self) -> str:
        """The columns of lists in which `present` finds its texts."""
        return ", ".join(
            f"json_extract_string({owner}, [{', '.join(literal(pointer(way)) for way in ways)}])"
            f" as texts_of_{owner}"
            if ways
            else f"null as texts_of_{owner}"
            for owner, ways in self._asked.items()
        )

    @property
    def members(self) -> str:
        """The columns `position` and `member`: a row for each member of the list, or one."""
        if self._each is None:
            return "0 as position, null as member"
        return f"generate_subscripts({self.list}, 1) as position, unnest({self.list}) as member"

    @property
    def list(self) -> str:
        """The members of the list that is gone through."""
        heads = lists(self._each or "", self._columns)
        listed = ", ".join([*(f"fields -> {literal(pointer(head))}" for head in heads), "null"])
        return f"members(coalesce({listed}))"

    def _at(self, way: Path) -> str:
        head, rest = parted(way)
        owner, asked = ("member", rest) if rest else ("fields", head)
        place = self._asked[owner].setdefault(asked, len(self._asked[owner]) + 1)
        return f"texts_of_{owner}[{place}]"

"""Who may do what in the lake, as a table of zones and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.docs.tables import code, table
from stacks.people.table import Person, results

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacks.people.table import Zone


def zones_table(zones: Iterable[Zone]) -> str:
    """One row a prefix, one column a person; then each person's own results."""
    rows = [
        *((code(zone.prefix), *(zone.of(person).value for person in Person)) for zone in zones),
        *((code(results(person)), *_only(person)) for person in Person),
    ]
    return table(("prefix", *Person), rows)


def _only(owner: Person) -> Iterable[str]:
    return ("read, write, delete" if person is owner else "-" for person in Person)


def owners_table(owners: dict[str, tuple[str, ...]]) -> str:
    """Where the bucket lets these functions change anything, and nobody else."""
    rows = ((code(prefix), ", ".join(map(code, names))) for prefix, names in owners.items())
    return table(("prefix", "changed only by"), rows)

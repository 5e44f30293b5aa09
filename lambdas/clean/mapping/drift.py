"""How an object's columns differ from what its mapping asks for, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.mapping import expressions
from lambdas.clean.mapping.names import found, listed, lists, normal, path_of
from lambdas.clean.mapping.sense import needed
from lambdas.clean.reasons import Reason, Rejection
from lambdas.contracts import BY_ENTITY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdas.clean.mapping.model import SourceMapping
    from lambdas.clean.mapping.names import Path


@dataclass(frozen=True)
class Asked:
    """A field that the mapping asks for: its names, and whether rows are refused without it.

    `each` is the list whose members may have it; `is_list` if it is that list itself.
    """

    aliases: tuple[str, ...]
    needed: bool
    each: str | None = None
    is_list: bool = False

    def found(self, columns: Sequence[str | Path]) -> dict[str, list[Path]]:
        """The columns that are there, by alias."""
        if self.is_list:
            by_alias = [(alias, lists(alias, columns)) for alias in self.aliases]
        else:
            by_alias = [(alias, found(alias, columns, self.each)) for alias in self.aliases]
        return {alias: paths for alias, paths in by_alias if paths}


@dataclass(frozen=True)
class Drift:
    """`new` columns are not asked for; `missing` fields are not there, each by its first name.

    `renamed` has, by the first name of a field, the alias under which it came. The object must be
    refused whole if there is a `refusal`.
    """

    new: tuple[str, ...]
    missing: tuple[str, ...]
    renamed: dict[str, str]
    refusal: Rejection | None


def drift(mapping: SourceMapping, columns: Sequence[str | Path]) -> Drift:
    """Order and case of the columns, spaces and underscores in them never matter."""
    known: set[Path] = set()
    missing: dict[str, None] = {}
    lacking: dict[str, None] = {}
    renamed: dict[str, str] = {}
    for field in asked(mapping):
        there, first = field.found(columns), field.aliases[0]
        known.update(path for paths in there.values() for path in paths)
        if not there:
            missing[first] = None
            if field.needed:
                lacking[first] = None
        elif first not in there:
            renamed[first] = next(iter(there))
    known.update(path for name in mapping.unused for path in found(name, columns))
    new = tuple(".".join(path) for path in map(path_of, columns) if path not in known)
    refusal = _refusal(mapping.drift, new, tuple(missing), tuple(lacking))
    return Drift(new, tuple(missing), renamed, refusal)


def asked(mapping: SourceMapping) -> Iterator[Asked]:
    """All fields that a mapping asks for. A condition's fields are needed, an expression's not."""
    for entity, said in mapping.entities.items():
        required = needed(BY_ENTITY[entity], said)
        if said.each:
            yield Asked((said.each,), needed=True, is_list=True)
        for name, field in said.columns.items():
            wanted = name in required and field.default is None
            for aliases in field.parts or ((field.from_,) if field.from_ else ()):
                yield Asked(aliases, wanted, said.each)
            yield from _named(field.sql, said.each, needed=False)
        yield from _named(said.when, said.each, needed=True)
        yield from _named(said.deleted, said.each, needed=True)
        version = said.version or mapping.version
        for orders in (version.time, version.sequence):
            if orders and orders.from_:
                yield Asked(orders.from_, needed=True, each=said.each)
            yield from _named(orders.sql if orders else None, said.each, needed=True)
    yield from _named(mapping.ignore, None, needed=True)


def wanted(mapping: SourceMapping) -> frozenset[str]:
    """Spellings of all that a mapping asks for, as `Columns` wants them."""
    fields = [(alias, field.is_list) for field in asked(mapping) for alias in field.aliases]
    spellings = {normal(alias) for alias, _ in fields}
    return frozenset(spellings | {listed(alias) for alias, is_list in fields if is_list})


def single(mapping: SourceMapping) -> frozenset[str]:
    """Spellings of what a mapping asks for that is one text, and no list."""
    fields = [(normal(alias), field.is_list) for field in asked(mapping) for alias in field.aliases]
    return frozenset(name for name, _ in fields) - {name for name, is_list in fields if is_list}


def _named(sql: str | None, each: str | None, *, needed: bool) -> Iterator[Asked]:
    for name in sorted(expressions.names(sql)[0]) if sql else ():
        yield Asked((name,), needed, each)


def _refusal(
    mode: str, new: Sequence[str], missing: Sequence[str], lacking: Sequence[str]
) -> Rejection | None:
    faults = {"strict": [("lacks", missing), ("has also", new)], "evolve": [("lacks", lacking)]}
    told = [f"it {verb} {', '.join(names)}" for verb, names in faults.get(mode, []) if names]
    return Reason.DRIFTED.of(limit=", and ".join(told)) if told else None

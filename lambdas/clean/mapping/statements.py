"""The SQL of a mapping: for each entity one statement, from `source` to `mapped`.

The view `source` has a record's number and its fields as a JSON object of texts, objects and
lists. The macros that `parsers` makes have to be there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.judging import Mapped
from lambdas.clean.mapping import expressions
from lambdas.clean.mapping.readings import (
    SEPARATOR,
    Parser,
    is_key,
    natural_key,
    of_type,
    parser,
    settled,
)
from lambdas.clean.mapping.texts import Texts
from lambdas.clean.reasons import Reason
from lambdas.clean.rules import SPELLINGS, YEARS, Rule, Versioning
from lambdas.contracts import BY_ENTITY, LOWEST_VERSION, Column, ColumnType, Contract
from lambdas.engine import identifiers, literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lambdas.clean.mapping.model import EntityMapping, FieldMapping, SourceMapping
    from lambdas.clean.mapping.names import Path

TIME = Column("version_time", ColumnType.TIMESTAMP, "Orders states of one key")
SEQUENCE = Column("version_sequence", ColumnType.BIGINT, "Orders states of one key and time")
YEAR_ONE = "'0001-01-01T00:00:00Z'"


def parsers() -> str:
    """SQL that makes the parsers, once for a connection."""
    return statement("clean/parsers", years=YEARS)


BY_MAPPING = Versioning("version", "given", "given is null", Reason.BAD_ORDER.of())
"""The states of a source: their version is told by the statement itself."""


@dataclass(frozen=True)
class Told:
    """One column of an entity as its mapping tells it: its text from fields, or made by SQL."""

    column: Column
    field: FieldMapping
    parser: Parser

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def text(self) -> str:
        """The contract's spelling; what cannot be read stays as it is."""
        if self.field.sql is None:
            return f"coalesce(read_{self.name}, from_{self.name})"
        written = f"cast({self._made} as varchar)"
        if self.column.type is ColumnType.TIMESTAMP:
            return f"coalesce({self._moment}, {written})"
        if self.column.type is ColumnType.MONEY:
            written = f"amount_of({self._made})"
        return self.parser.sql.format(written)

    @property
    def unreadable(self) -> str:
        if self.field.sql is None:
            return f"from_{self.name} is not null and read_{self.name} is null"
        failed = f"made_{self.name} is null"
        if self.column.type is ColumnType.TIMESTAMP:
            return f"{failed} or {self._made} is not null and {self._moment} is null"
        return failed

    @property
    def _made(self) -> str:
        return f"made_{self.name}.value"

    @property
    def _moment(self) -> str:
        """What an expression made, if it is a time or can be read as one."""
        return f"spelled_time(try_cast({self._made} as timestamp))"


def entities(mapping: SourceMapping, columns: Sequence[str | Path]) -> tuple[Mapped, ...]:
    """What an object's records yield, to be judged together; `columns` are those of the object."""
    return tuple(
        Mapped(
            BY_ENTITY[entity],
            mapped_sql(mapping, entity, columns),
            BY_MAPPING,
            tuple(mapping_rules(mapping, entity)),
        )
        for entity in mapping.entities
    )


def mapped_sql(mapping: SourceMapping, entity: str, columns: Sequence[str | Path]) -> str:
    """SQL that leaves the view `mapped`: the entity's columns as text, from `source`.

    `columns` are those of the object. Columns of the contract that the mapping leaves out are NULL,
    but a fact's day, which follows from its time.
    """
    contract, said = BY_ENTITY[entity], mapping.entities[entity]
    told = list(told_columns(mapping, entity))
    read = [each for each in told if each.field.sql is None]
    typed = [each for each in read if each.name in contract.column_names]
    made = [each for each in told if each.field.sql is not None]
    named = {each.name: each for each in told}
    texts = Texts(columns, said.each)
    found = _joined(
        *(f"{_found(mapping, contract, each, texts)} as from_{each.name}" for each in read),
        _fields(
            mapping,
            (mapping.ignore, said.when, said.deleted, *(each.field.sql for each in made)),
            texts,
        ),
    )
    return statement(
        "clean/mapped",
        found=found,
        extracted=texts.extracted,
        members=texts.members,
        read=_joined(
            *(f"{each.parser.sql.format(f'from_{each.name}')} as read_{each.name}" for each in read)
        ),
        ignore=mapping.ignore or "false",
        parsed=_joined(
            f"{literal(expressions.POSITION)}: position",
            *(f"{literal(each.name)}: {_typed(each)}" for each in typed),
        ),
        made=_joined(
            *(f"{_made(each.field.sql or '')} as made_{each.name}" for each in made),
            f"{_made(said.when or 'true')} as made_when",
            f"{_made(said.deleted or 'false')} as made_deleted",
        ),
        unreadable=" ".join(
            f"when {broken} then {literal(name)}" for name, broken in _broken(told)
        ),
        version_time=_or_lowest(named, TIME, YEAR_ONE),
        version_sequence=_or_lowest(named, SEQUENCE, "'0'"),
        texts=_joined(*(f"{_text(contract, named, c)} as {c.name}" for c in contract.columns)),
        lowest_version=LOWEST_VERSION,
        separator=SEPARATOR,
        canonical=_joined(*(_canonical(column) for column in contract.columns)),
        columns=identifiers(contract.column_names),
    )


def ignored_sql(mapping: SourceMapping, columns: Sequence[str | Path]) -> str:
    """SQL that leaves the view `ignored`: the numbers of the records that yield nothing."""
    texts = Texts(columns)
    conditions = (mapping.ignore, *(said.when for said in mapping.entities.values()))
    return statement(
        "clean/ignored",
        found=_fields(mapping, conditions, texts),
        extracted=texts.extracted,
        ignore=mapping.ignore or "false",
        applies=" or ".join(_applies(said, columns) for said in mapping.entities.values()),
    )


def _applies(said: EntityMapping, columns: Sequence[str | Path]) -> str:
    when = _made(said.when or "true")
    some = f" and len({Texts(columns, said.each).list}) > 0" if said.each else ""
    return f"(coalesce({when}.value, {when} is null){some})"


def mapping_rules(mapping: SourceMapping, entity: str) -> list[Rule]:
    """What a row of `mapped` has to keep before the contract's rules: all of it could be read."""
    reads = {each.name: each.parser.reads for each in told_columns(mapping, entity)}
    said = mapping.entities[entity]
    for name, sql in (("when", said.when), ("deleted", said.deleted)):
        if sql is not None:
            reads[name] = f"what {sql} can be told of"
    return [
        Rule(f"coalesce(unreadable = {literal(name)}, false)", Reason.BAD_TYPE.of(name, what))
        for name, what in reads.items()
    ]


def told_columns(mapping: SourceMapping, entity: str) -> Iterator[Told]:
    """The columns that the mapping tells, and what orders states. Raises ValueError."""
    contract, said = BY_ENTITY[entity], mapping.entities[entity]
    for name, field in said.columns.items():
        column = contract.column(name)
        yield Told(column, field, parser(mapping, contract, column, field))
    version = said.version or mapping.version
    for column, orders in ((TIME, version.time), (SEQUENCE, version.sequence)):
        if orders is not None:
            reading = settled(orders, mapping.reading)
            yield Told(column, orders, of_type(column.type, reading, orders.words or {}))


def _found(mapping: SourceMapping, contract: Contract, told: Told, texts: Texts) -> str:
    """SQL for what a record says of a column, as a text; of an id, all of its parts."""
    field, reading = told.field, settled(told.field, mapping.reading)
    if field.value is not None:
        parts = [literal(field.value)]
    else:
        aliases = field.parts or ([field.from_] if field.from_ else [])
        parts = [texts.present(names, reading) for names in aliases]
    if field.default is not None:
        parts = [f"coalesce({part}, {literal(field.default)})" for part in parts]
    if is_key(contract, told.column, field) and field.ignore_case:
        parts = [f"lower({part})" for part in parts]
    return natural_key(*parts)


def _fields(mapping: SourceMapping, expressions_said: Iterable[str | None], texts: Texts) -> str:
    """The fields that expressions name, under these names."""
    names = {name for sql in expressions_said if sql for name in expressions.names(sql)[0]}
    return _joined(
        *(f"{texts.present((name,), mapping.reading)} as {quoted(name)}" for name in sorted(names)),
        "null as unnamed",
    )


def _made(sql: str) -> str:
    """NULL if the expression fails; the line's end ends a comment in it."""
    return f"try({{'value': (\n{sql}\n)}})"


def _typed(told: Told) -> str:
    return SPELLINGS[told.column.type].cast.format(f"read_{told.name}")


def _broken(told: Sequence[Told]) -> Iterator[tuple[str, str]]:
    yield from ((name, f"made_{name} is null") for name in ("when", "deleted"))
    yield from ((each.name, each.unreadable) for each in told)


def _or_lowest(named: dict[str, Told], column: Column, lowest: str) -> str:
    return f"coalesce({named[column.name].text}, {lowest})" if column.name in named else lowest


def _text(contract: Contract, named: dict[str, Told], column: Column) -> str:
    if column.name in named:
        return named[column.name].text
    partition = contract.partition
    if partition and contract.happened in named and column.name == partition.source:
        return f"replace(left({named[contract.happened].text}, 10), '-', '')"
    return "cast(null as varchar)"


def _canonical(column: Column) -> str:
    """A value in one spelling, whatever the record's."""
    cast = SPELLINGS[column.type].cast.format(column.name)
    return f"coalesce(cast({cast} as varchar), {column.name}, chr(0))"


def _joined(*fragments: str) -> str:
    return ", ".join(fragments)

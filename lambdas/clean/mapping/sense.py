"""Whether a mapping makes sense: held to the contracts and to what the engine takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.clean.mapping import expressions, patterns
from lambdas.clean.mapping.errors import MappingError
from lambdas.clean.mapping.mail_sense import examine_mail
from lambdas.clean.mapping.names import normal
from lambdas.clean.mapping.readings import identifies, is_key
from lambdas.clean.mapping.statements import told_columns
from lambdas.contracts import BY_ENTITY, ColumnType

if TYPE_CHECKING:
    from lambdas.clean.mapping.model import (
        EntityMapping,
        FieldMapping,
        Ordering,
        Reading,
        SourceMapping,
    )
    from lambdas.contracts import Column, Contract


def examine(mapping: SourceMapping) -> None:
    """Raises MappingError with the place and what is wrong there."""
    try:
        mapping.format.hints()
    except ValueError as error:
        raise MappingError(str(error)).at("format") from error
    _reading(mapping.reading, "reading")
    _condition(mapping.ignore, {}, "ignore")
    _ordering(mapping.version, "version")
    if mapping.mail:
        examine_mail(mapping.mail)
    for entity, said in mapping.entities.items():
        if entity not in BY_ENTITY:
            known = ", ".join(sorted(BY_ENTITY))
            raise MappingError(f"there is no such entity; there are {known}").at("entities", entity)
        _entity(mapping, entity, said)


def derived(contract: Contract, said: EntityMapping) -> set[str]:
    """Columns that follow from others: a fact's day from its time."""
    if contract.partition and contract.happened in said.columns:
        return {contract.partition.source}
    return set()


def needed(contract: Contract, said: EntityMapping) -> set[str]:
    """The columns without which the contract refuses every row."""
    required = {each.name for each in contract.columns if each.required}
    return (required | set(contract.key)) - derived(contract, said)


def _entity(mapping: SourceMapping, entity: str, said: EntityMapping) -> None:
    contract, place = BY_ENTITY[entity], ("entities", entity)
    if unknown := sorted(said.columns.keys() - set(contract.column_names)):
        known = ", ".join(contract.column_names)
        raise MappingError(f"the contract has no such column; it has {known}").at(
            *place, "columns", unknown[0]
        )
    if missing := sorted(needed(contract, said) - said.columns.keys()):
        raise MappingError(f"the contract needs {', '.join(missing)}").at(*place, "columns")
    for name, field in said.columns.items():
        try:
            _field(contract, contract.column(name), field)
        except MappingError as error:
            raise error.at(*place, "columns", name) from error
    if said.version:
        _ordering(said.version, *place, "version")
    _condition(said.when, {}, *place, "when")
    _condition(said.deleted, {}, *place, "deleted")
    _of_whole(said.when, said.each, *place, "when")
    _of_whole(mapping.ignore, said.each, "ignore")
    types = {expressions.POSITION: expressions.POSITION_TYPE} | {
        told.name: told.column.type.value.duckdb
        for told in told_columns(mapping, entity)
        if told.field.sql is None and told.name in contract.column_names
    }
    for name, field in said.columns.items():
        _expression(field.sql, types, *place, "columns", name)


def _of_whole(condition: str | None, each: str | None, *place: object) -> None:
    """Whether a record yields anything has to be told without its list's members."""
    if condition is None or each is None:
        return
    for name in expressions.names(condition)[0]:
        if normal(name).startswith(f"{normal(each)}."):
            raise MappingError(f"{name} is not the record's, but of a member of {each}").at(*place)


def _field(contract: Contract, column: Column, field: FieldMapping) -> None:
    """Raises MappingError; the caller knows the place."""
    given = [
        each for each in (field.from_, field.parts, field.sql, field.value) if each is not None
    ]
    if len(given) != 1:
        raise MappingError("a field has one of from, parts, sql and value")
    key = is_key(contract, column, field)
    if not key and (field.parts or field.ignore_case):
        raise MappingError(
            "parts and ignore_case are for ids and a line's number, and this is neither"
        )
    if field.as_ is not None and identifies(contract, column) is None:
        raise MappingError("`as` is for ids, and this is none")
    if field.words and (key or column.type is ColumnType.TIMESTAMP):
        raise MappingError("words are for texts, numbers and truth values, not for ids and times")
    if column.type is ColumnType.BOOLEAN and set(field.words or {}) - {"true", "false"}:
        raise MappingError("the words of a truth value are under true and false").at("words")
    _reading(field)


def _reading(reading: Reading, *place: object) -> None:
    for form in reading.dates or ():
        if form == "iso" or form in patterns.EPOCHS:
            continue
        try:
            patterns.strptime(form)
        except ValueError as error:
            raise MappingError(f"{form}: {error}").at(*place, "dates") from error
        if "%" not in form:
            raise MappingError(f"{form} is no format of a time").at(*place, "dates")
    if reading.timezone is not None and reading.timezone not in expressions.timezones():
        raise MappingError(f"{reading.timezone} is no time zone by IANA's names").at(
            *place, "timezone"
        )


def _ordering(version: Ordering, *place: object) -> None:
    for name, field in (("time", version.time), ("sequence", version.sequence)):
        if field is None:
            continue
        if (field.from_ is None) == (field.sql is None):
            raise MappingError("this has one of from and sql").at(*place, name)
        _reading(field, *place, name)
        _expression(field.sql, {}, *place, name)


def _expression(sql: str | None, types: dict[str, str], *place: object) -> None:
    _bound(sql, types, *place, condition=False)


def _condition(sql: str | None, types: dict[str, str], *place: object) -> None:
    _bound(sql, types, *place, condition=True)


def _bound(sql: str | None, types: dict[str, str], *place: object, condition: bool) -> None:
    if sql is None:
        return
    try:
        expressions.bind(sql, types, condition=condition)
    except MappingError as error:
        raise error.at(*place) from error

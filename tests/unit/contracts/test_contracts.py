"""What every contract must keep, lest a later step find out."""

from __future__ import annotations

import pytest

from lambdas.contracts import BY_ENTITY, CONTRACTS, TECHNICAL, ColumnType, Contract, Kind
from lambdas.contracts.fields import WORD_BYTES

STAGED = {"record", "identity", "position", "bad_lines", "rev", "problem", "part", "bucket"}
"""Columns of the pipeline's own that stand beside the contract's on the way."""
of_each = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.entity)


def test_entities_and_tables_have_names_of_their_own() -> None:
    assert len({each.entity for each in CONTRACTS}) == len(CONTRACTS)
    assert len({each.table for each in CONTRACTS}) == len(CONTRACTS)


@of_each
def test_columns_are_told_apart_from_each_other_and_from_the_pipelines_own(
    contract: Contract,
) -> None:
    names = contract.column_names
    assert len(set(names)) == len(names)
    assert not {*names} & {*STAGED, *(column.name for column in TECHNICAL)}
    assert contract.partition is None or contract.partition.column not in names
    assert {*contract.key} <= {*names}
    assert all(contract.column(name).required for name in contract.key)


@of_each
def test_only_members_of_dimensions_with_one_key_of_the_same_type_are_referred_to(
    contract: Contract,
) -> None:
    for column in contract.columns:
        if column.references:
            other = BY_ENTITY[column.references]
            (key,) = other.key
            assert other.kind is Kind.DIMENSION, "only members of dimensions can be inferred"
            assert column.type is other.column(key).type
            assert column.minimum == other.column(key).minimum, "or an inferred key is impossible"


@of_each
def test_what_splits_a_table_and_tells_its_time_is_always_there(contract: Contract) -> None:
    if contract.partition:
        source = contract.column(contract.partition.source)
        assert (source.type, source.references, source.required) == (
            ColumnType.INTEGER,
            "date",
            True,
        )
        assert contract.kind is Kind.FACT
    if contract.happened:
        happened = contract.column(contract.happened)
        assert (happened.type, happened.required) == (ColumnType.TIMESTAMP, True)


@of_each
def test_allowed_words_are_texts_that_fit_and_are_written_one_way(contract: Contract) -> None:
    for column in contract.columns:
        if column.allowed:
            assert column.type is ColumnType.TEXT
            assert len(set(column.allowed)) == len(column.allowed)
            assert all(word.replace("_", "").isalpha() for word in column.allowed)
            assert all(word == word.lower() for word in column.allowed)
            assert column.max_bytes == WORD_BYTES >= max(map(len, column.allowed))


@of_each
def test_who_somebody_is_stands_in_the_customer_alone(contract: Contract) -> None:
    """An erasure publishes an erased customer; of other tables it could not empty a row."""
    personal = {column.name for column in contract.columns if column.personal}
    named = {column.name for column in BY_ENTITY["customer"].columns if column.personal}
    assert personal == (named if contract.entity == "customer" else set())
    assert contract.entity == "customer" or not named & {*contract.column_names}

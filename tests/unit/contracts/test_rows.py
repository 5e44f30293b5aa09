"""A row of each entity beyond the API's is held to its contract, column by column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from lambdas.clean.reasons import Reason
from lambdas.contracts import BY_ENTITY, CONTRACTS, STAR, Column, Contract
from lambdas.publish.tables import stored_schema
from tests.contract_rows import GOOD, Texts, judged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOREIGN = [contract for contract in CONTRACTS if contract not in STAR]
of_each = pytest.mark.parametrize("contract", FOREIGN, ids=lambda contract: contract.entity)


def told(
    connection: DuckDBPyConnection, contract: Contract, *rows: Texts
) -> list[tuple[str, str] | None]:
    """Why each row is quarantined: the reason's code and its sentence; None if it is not."""
    _, rejected = judged(connection, contract, rows)
    return [
        (found.reason.code, found.message) if (found := rejected.get(number)) else None
        for number in range(len(rows))
    ]


def test_there_is_a_good_row_of_every_entity_that_the_api_does_not_have() -> None:
    assert sorted(contract.entity for contract in FOREIGN) == sorted(GOOD)
    assert all(set(GOOD[each.entity]) == set(each.column_names) for each in FOREIGN)


@of_each
def test_a_good_row_is_accepted_with_and_without_what_is_optional(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    good = GOOD[contract.entity]
    least = {name: good[name] if contract.column(name).required else None for name in good}
    one_less: list[Texts] = [
        good | {column.name: None} for column in contract.columns if not column.required
    ]
    assert set(told(connection, contract, good, least, *one_less)) == {None}


@of_each
def test_what_is_accepted_has_the_types_of_the_contract(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    (stored,), rejected = judged(connection, contract, [GOOD[contract.entity]])
    table = pa.Table.from_pylist([stored], schema=stored_schema(contract))
    assert not rejected
    assert table.to_pylist() == [stored], "nothing was cast on the way to state"
    assert all(value is not None for value in stored.values())


@of_each
def test_each_column_that_is_required_is_missed_by_its_name(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    required = [column.name for column in contract.columns if column.required]
    without: list[Texts] = [GOOD[contract.entity] | {name: None} for name in required]
    sentence = Reason.MISSING_FIELD.sentence
    assert told(connection, contract, *without) == [
        ("missing_field", sentence.format(field=name)) for name in required
    ]


@of_each
def test_a_tombstone_needs_its_key_and_its_partition_alone(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    kept = {*contract.key, *([contract.partition.source] if contract.partition else [])}
    tombstone = {name: text for name, text in GOOD[contract.entity].items() if name in kept}
    assert told(connection, contract, tombstone | {"deleted": "true"}) == [None]


WORDS = [
    (contract, column) for contract in FOREIGN for column in contract.columns if column.allowed
]


@pytest.mark.parametrize(
    ("contract", "column"), WORDS, ids=[f"{each.entity}.{word.name}" for each, word in WORDS]
)
def test_a_word_that_is_not_allowed_is_refused_and_told_which_are(
    connection: DuckDBPyConnection, contract: Contract, column: Column
) -> None:
    def with_(word: str) -> Texts:
        return GOOD[contract.entity] | {column.name: word}

    odd = ["", column.allowed[0].upper(), f" {column.allowed[0]}", "'; drop table checked; --"]
    refused = ("not_allowed", f"{column.name} is none of {', '.join(column.allowed)}")
    assert told(connection, contract, *map(with_, odd)) == [refused] * len(odd)
    assert refused not in told(connection, contract, *map(with_, column.allowed))


def test_a_rating_has_a_lowest_and_a_highest(connection: DuckDBPyConnection) -> None:
    rated: list[Texts] = [GOOD["review"] | {"rating": text} for text in ("0", "1", "5.0", "6")]
    beyond = ("out_of_range", "rating is outside of the numbers from 1 up to 5")
    assert told(connection, BY_ENTITY["review"], *rated) == [beyond, None, None, beyond]


@pytest.mark.parametrize("day", ["20260230", "20261301", "99999999", "202603170", "20091231"])
def test_a_fact_happened_on_a_day_of_the_calendar(connection: DuckDBPyConnection, day: str) -> None:
    ((code, sentence),) = filter(
        None, told(connection, BY_ENTITY["review"], GOOD["review"] | {"date_id": day})
    )
    assert (code, sentence.split()[0]) == ("out_of_range", "date_id")


@pytest.mark.parametrize(
    ("entity", "changes"),
    [
        ("category_tree", {"parent_id": "12"}),
        ("coupon", {"discount_value": "100.01"}),
        ("coupon", {"valid_until": "2026-03-17T11:59:59Z"}),
        ("fulfilment", {"delivered_at": "2026-03-17T11:59:59Z"}),
        ("loyalty_entry", {"points": "-1"}),
        ("loyalty_entry", {"entry_type": "redeem"}),
        ("loyalty_entry", {"entry_type": "adjust", "points": "0"}),
        ("payment", {"refunded_amount": "34.51"}),
        ("stock_movement", {"qty": "2"}),
        ("stock_movement", {"movement_type": "receipt"}),
        ("stock_movement", {"movement_type": "adjustment", "qty": "0"}),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    connection: DuckDBPyConnection, entity: str, changes: Texts
) -> None:
    contract = BY_ENTITY[entity]
    sentence = f"{contract.check['inconsistent']} does not hold"
    assert told(connection, contract, GOOD[entity] | changes) == [("inconsistent", sentence)]


def test_an_amount_off_may_be_more_than_a_hundred(connection: DuckDBPyConnection) -> None:
    changes: Texts = {"discount_type": "amount", "discount_value": "250"}
    assert told(connection, BY_ENTITY["coupon"], GOOD["coupon"] | changes) == [None]


def test_money_is_exact_and_times_are_in_utc(connection: DuckDBPyConnection) -> None:
    (payment,), _ = judged(connection, BY_ENTITY["payment"], [GOOD["payment"]])
    (parcel,), _ = judged(connection, BY_ENTITY["fulfilment"], [GOOD["fulfilment"]])
    assert payment["amount"] == Decimal("34.50")
    assert parcel["delivered_at"].isoformat() == "2026-03-18T07:30:00.500000"

"""A row of each entity beyond the API's is held to its contract, column by column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import BY_ENTITY, CONTRACTS, STAR, Column, Contract
from tests.contract_rows import GOOD, Texts, judged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOREIGN = [contract for contract in CONTRACTS if contract not in STAR]
of_each = pytest.mark.parametrize("contract", FOREIGN, ids=lambda contract: contract.entity)


def code(
    connection: DuckDBPyConnection, contract: Contract, **changes: str | None
) -> tuple[str, str] | None:
    """Why the good row, changed, is quarantined: the reason's code and its sentence."""
    ((_, rejection),) = judged(connection, contract, [GOOD[contract.entity] | changes])
    return (rejection.reason.code, rejection.message) if rejection else None


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
    found = judged(connection, contract, [good, least, *one_less])
    assert [rejection for _, rejection in found if rejection] == []
    assert all(value is not None for value in found[0][0].values())


@of_each
def test_each_column_that_is_required_is_missed_by_its_name(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    required = [column.name for column in contract.columns if column.required]
    good = GOOD[contract.entity]
    found = judged(connection, contract, [good | {name: None} for name in required])
    told = [(rejection.reason.code, rejection.message) for _, rejection in found if rejection]
    assert [code for code, _ in told] == ["missing_field"] * len(required)
    assert [message.split()[0] for _, message in told] == required


@of_each
def test_a_tombstone_needs_its_key_and_its_partition_alone(
    connection: DuckDBPyConnection, contract: Contract
) -> None:
    told = {*contract.key, *([contract.partition.source] if contract.partition else [])}
    good = GOOD[contract.entity]
    tombstone = {name: good[name] if name in told else None for name in good}
    ((_, rejection),) = judged(connection, contract, [tombstone | {"deleted": "true"}])
    assert rejection is None


WORDS = [
    (contract, column) for contract in FOREIGN for column in contract.columns if column.allowed
]


@pytest.mark.parametrize(
    ("contract", "column"), WORDS, ids=[f"{each.entity}.{word.name}" for each, word in WORDS]
)
def test_a_word_that_is_not_allowed_is_refused_and_told_which_are(
    connection: DuckDBPyConnection, contract: Contract, column: Column
) -> None:
    good = GOOD[contract.entity]
    odd = ["", column.allowed[0].upper(), f" {column.allowed[0]}", "'; drop table checked; --"]
    found = judged(connection, contract, [good | {column.name: word} for word in odd])
    sentence = f"{column.name} is none of {', '.join(column.allowed)}"
    assert [(each.reason.code, each.message) for _, each in found if each] == [
        ("not_allowed", sentence)
    ] * len(odd)
    every = judged(connection, contract, [good | {column.name: word} for word in column.allowed])
    assert not [each for _, each in every if each and each.reason.code == "not_allowed"]


def test_a_rating_has_a_lowest_and_a_highest(connection: DuckDBPyConnection) -> None:
    review = BY_ENTITY["review"]
    told = ("out_of_range", "rating is outside of the numbers from 1 up to 5")
    outcomes = [code(connection, review, rating=text) for text in ("0", "1", "5.0", "6")]
    assert outcomes == [told, None, None, told]


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
    predicate = contract.check["inconsistent"]
    assert code(connection, contract, **changes) == ("inconsistent", f"{predicate} does not hold")


def test_an_amount_off_may_be_more_than_a_hundred(connection: DuckDBPyConnection) -> None:
    coupon = BY_ENTITY["coupon"]
    assert code(connection, coupon, discount_type="amount", discount_value="250") is None


def test_money_is_exact_and_times_are_in_utc(connection: DuckDBPyConnection) -> None:
    ((payment, _),) = judged(connection, BY_ENTITY["payment"], [GOOD["payment"]])
    ((parcel, _),) = judged(connection, BY_ENTITY["fulfilment"], [GOOD["fulfilment"]])
    assert payment["amount"] == Decimal("34.50")
    assert parcel["delivered_at"].isoformat() == "2026-03-18T07:30:00.500000"

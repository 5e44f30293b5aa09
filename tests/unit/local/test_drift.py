"""Drift between the contracts and Glue is named; the warehouse's is tested beside its DDL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.contracts import BY_TABLE, CONTRACTS, Column, ColumnType
from local.drift import glue_drift, lake_template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.contracts import Contract


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return lake_template()


def changed(name: str, **fields: Any) -> Sequence[Contract]:
    return [replace(each, **fields) if each.table == name else each for each in CONTRACTS]


def test_the_stack_agrees_with_the_contracts(template: dict[str, Any]) -> None:
    assert glue_drift(CONTRACTS, template) == []


def test_a_new_column_is_drift(template: dict[str, Any]) -> None:
    columns = (*BY_TABLE["vendor"].columns, Column("phone", ColumnType.TEXT, "Telephone"))
    [sentence] = glue_drift(changed("vendor", columns=columns), template)
    assert "phone" in sentence


def test_a_retyped_column_is_drift(template: dict[str, Any]) -> None:
    columns = tuple(
        replace(each, type=ColumnType.BIGINT) if each.name == "qty" else each
        for each in BY_TABLE["sales"].columns
    )
    [sentence] = glue_drift(changed("sales", columns=columns), template)
    assert "('qty', 'int')" in sentence


def test_a_lost_partition_is_drift(template: dict[str, Any]) -> None:
    sentences = glue_drift(changed("sales", partition=None), template)
    assert len(sentences) == 2


def test_a_missing_and_an_unknown_table_are_drift(template: dict[str, Any]) -> None:
    sentences = glue_drift(changed("cart", table="basket"), template)
    assert sentences == [
        "Glue table cart is in no contract",
        "Glue has no table basket, but the contracts have",
    ]

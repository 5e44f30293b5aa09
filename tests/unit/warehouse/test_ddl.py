"""The DDL says what the contracts say, and a check would notice if it did not."""

from __future__ import annotations

import pytest

from lambdas.contracts import CONTRACTS
from local.warehouse.ddl import drift, statements

SALES, CART_VIEW = "070_store_sales.sql", "260_public_cart.sql"


def test_the_ddl_agrees_with_the_contracts() -> None:
    assert drift(CONTRACTS, statements()) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        (SALES, "qty INTEGER", "qty BIGINT", "store.sales.qty is BIGINT"),
        (SALES, "DECIMAL(18, 2)", "DECIMAL(18, 4)", "store.sales.unit_price is DECIMAL(18, 4)"),
        (SALES, "VARCHAR(36)", "VARCHAR(35)", "its contract says VARCHAR(36)"),
        (SALES, "    qty INTEGER,\n", "", "store.sales has the columns"),
        (SALES, "qty INTEGER", "pieces INTEGER", "store.sales has the columns"),
        (SALES, "item_id BIGINT,", "item_id BIGINT NOT NULL,", "item_id must allow NULL"),
        (SALES, "line_no INTEGER NOT NULL", "line_no INTEGER", "line_no must be NOT NULL"),
        (SALES, "KEY (transaction_id, line_no)", "KEY (transaction_id)", "the primary key"),
        (SALES, "store.sales", "store.sold", "store.sold is in no contract"),
        (SALES, "store.sales", "store.sold", "the DDL does not create it"),
        (CART_VIEW, "\nWHERE NOT deleted", "", "public.cart is filtered by ''"),
        (CART_VIEW, "    qty,\n", "", "public.cart shows"),
        (CART_VIEW, "FROM store.cart", "FROM store.sales", "public.cart reads store.sales"),
    ],
)
def test_a_departure_is_told_in_a_sentence(
    file: str, before: str, after: str, sentence: str
) -> None:
    files = statements()
    assert before in files[file]
    changed = {**files, file: files[file].replace(before, after)}
    assert any(sentence in each for each in drift(CONTRACTS, changed)), drift(CONTRACTS, changed)


def test_deleted_members_stay_in_the_stars_dimensions() -> None:
    files = statements()
    name = "210_public_customer.sql"
    filtered = files[name].replace(";", " WHERE NOT deleted;")
    assert drift(CONTRACTS, {**files, name: filtered}) == [
        "public.customer is filtered by 'NOT deleted', must be by ''"
    ]


def test_applying_again_is_harmless_by_the_ddls_own_words() -> None:
    for name, sql in statements().items():
        assert "IF NOT EXISTS" in sql or "CREATE OR REPLACE VIEW" in sql, name

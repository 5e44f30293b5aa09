"""What the values of samples say against a guess by names is told beside the guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mappings import drafted

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "order id,sku,client no,qty,unit price,date"
DOUBTFUL = {
    "returns": (
        [HEADER, "A,S,C,1,1.50,2026-03-17", "CA,S,C,-2,1.50,2026-03-17"],
        "qty: qty  ## 1 are below 1, as '-2': refused, if not told by `ignore`",
    ),
    "cents": (
        [HEADER, *(f"{row},S{row},C,1,{row}99,2026-03-17" for row in range(10, 16))],
        "unit_price: unit price  ## whole numbers all: are they cents?",
    ),
    "no numbers": (
        [HEADER, "A,S,C,1,1.50,2026-03-17", "B,S,C,1 pair,1.50,2026-03-17"],
        "qty: qty  ## 1 are no numbers, as '1 pair': refused",
    ),
    "sums under the name of a price": (
        [HEADER, "A,S,C,1,1.50,2026-03-17", "B,S,C,3,4.50,2026-03-17"],
        "## it grows with the quantity: is it the sum of a line?",
    ),
    "sums that are no product": (
        [f"{HEADER},total", "A,S,C,1,1.50,2026-03-17,1.50", "B,S,C,3,1.50,2026-03-17,4.00"],
        "total_price: total  ## 1 are not qty * unit_price: refused",
    ),
    "times of no known format": (
        [HEADER, "A,S,C,1,1.50,week 7"],
        "sold_at: date  ## no format of dates reads 'week 7': refused",
    ),
    "a time in two columns": (
        [f"{HEADER},time", "A,S,C,1,1.50,2026-03-17,10:11:12"],
        "sold_at: date  ## the day alone: is its time in time?",
    ),
    "orders of which only the first row is full": (
        [HEADER, "A,S,C,1,1.50,2026-03-17", "A,T,,1,1.50,2026-03-17"],
        "refused, without a `default`; other rows of their orders do",
    ),
    "rows that nothing tells apart": (
        ["order id,sku,client no,date,kind,sum", *(f"A,S,C,2026-03-17,{k},1" for k in "xy")],
        "## rows of an order that say the same there are one line",
    ),
    "lines above the header": (
        ["Sales of March", "Location: Main", HEADER, *["A,S,C,1,1.50,2026-03-17"] * 3],
        "## most rows cannot be read: does another line stand above the header?",
    ),
    "a name under another thing": (
        [
            '{"sku": "S", "price": "1.5", "title": "Hat", "device": {"category": "mobile"},',
            '"date": "2026-03-17"}',
        ],
        "category: device.category  ## by a part of its name alone",
    ),
    "a name that says more": (
        ["Order ID;SKU;Client No;Qty;Unit price (EUR);Date", "A;S;C;1;1,50;2026-03-17"],
        'unit_price: "Unit price (EUR)"  ## by a part of its name alone',
    ),
}


@pytest.mark.parametrize("doubtful", DOUBTFUL)
def test_what_the_samples_say_against_a_guess_is_told_beside_it(
    doubtful: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, told = DOUBTFUL[doubtful]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines))
    assert told in drafted(capsys, path)


def test_a_key_is_no_name_and_a_line_no_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    names = "Transaction ID,Order ID,SKU,Customer,Email,Qty,Price,Date"
    path.write_text(f"{names}\n1,A,S,cus_1,a@x.example,1,1.50,2026-03-17\n")
    draft = drafted(capsys, path)
    assert "transaction_id: Order ID\n" in draft
    assert "cut out of the name" not in draft

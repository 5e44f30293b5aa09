"""Pages show what the code says, and a page that does not is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import CONTRACTS, Column, ColumnType, Contract, Kind
from local.docs import costs, promotion
from local.docs.blocks import BlockError, filled, refresh
from local.docs.deployment import settings
from local.docs.dictionary import dictionary, star
from local.docs.generated import BLOCKS, PAGES
from stacks.machines import definition_file
from stacks.promotion import STEPS
from stacks.settings import BOUNDS, Settings

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "# Page\n\n<!-- generated: a -->\nold\n<!-- end: a -->\n\nprose\n"
THING = Contract(
    entity="thing",
    table="things",
    kind=Kind.FACT,
    key=("thing_id",),
    description="A thing",
    columns=(
        Column("thing_id", ColumnType.BIGINT, "Identifies it", minimum=1),
        Column("vendor_id", ColumnType.BIGINT, "Whose", references="vendor", required=False),
        Column("name", ColumnType.TEXT, "One of a|b", max_bytes=7),
        Column("stars", ColumnType.INTEGER, "How good", minimum=1, maximum=5),
        Column("size", ColumnType.TEXT, "How big", allowed=("small", "large")),
    ),
    check={"odd": "thing_id > 0"},
    buckets=4,
)


def test_the_pages_are_up_to_date() -> None:
    assert refresh(PAGES, BLOCKS, write=False) == [], "python -m local.docs writes them anew"


def test_a_block_is_replaced_and_prose_is_left_alone() -> None:
    page = filled(PAGE, {"a": lambda: "new"})
    assert page == PAGE.replace("old", "\nnew\n")
    assert filled(page, {"a": lambda: "new"}) == page


@pytest.mark.parametrize(
    "page", ["<!-- generated: a -->\nx", "x\n<!-- end: a -->", PAGE.replace("end: a", "end: b")]
)
def test_markers_that_make_no_pair_are_refused(page: str) -> None:
    with pytest.raises(BlockError, match="no pair"):
        filled(page, {"a": str})


def test_an_unknown_block_is_refused_by_its_page_and_name(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    with pytest.raises(BlockError, match=r"page\.md: nothing generates a; known are \['b'\]"):
        refresh(tmp_path, {"b": str}, write=True)


def test_the_dictionary_tells_bounds_words_keys_checks_and_references() -> None:
    section = dictionary([THING])
    assert "### things" in section
    assert "identified by `thing_id`" in section
    assert "Every row: `thing_id > 0`, else it is quarantined as `odd`." in section
    assert "| `vendor_id` | bigint | Whose | may be null | `vendor` |" in section
    assert "| `name` | string | One of a\\|b | up to 7 bytes of UTF-8 |  |" in section
    assert "| `stars` | int | How good | at least 1, at most 5 |  |" in section
    assert "| `size` | string | How big | one of `small`, `large` |  |" in section
    assert "Each part has 4 buckets" in section


def test_the_star_draws_every_table_and_reference() -> None:
    picture = star(CONTRACTS)
    assert all(f"  {contract.table} {{" in picture for contract in CONTRACTS)
    assert "  date ||--o{ sales : date_id" in picture


def test_the_machine_is_drawn_with_every_state_reachable() -> None:
    machine = promotion.definition(definition_file("promotion").read_text())
    drawn = promotion.machine_picture(machine)
    for name in machine["States"]:
        node = "n_" + name.replace(" ", "_").rstrip("?")
        assert f"--> {node}\n" in drawn or f"| {node}\n" in drawn, name


def test_zones_are_drawn_with_the_arrows_that_permissions_allow() -> None:
    drawn = promotion.zones_picture(STEPS)
    assert "n_raw --> n_Clean" in drawn
    assert "n_Clean --> n_raw\n" not in drawn, "but what is attached to mails"
    assert "n_gold <--> n_Publish" in drawn


def test_every_setting_has_a_sentence_of_its_own_and_its_bounds() -> None:
    rows = [line for line in settings(Settings, BOUNDS).splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.endswith("|  |")] == []
    assert any("| 1 to 300 |" in row for row in rows)


def test_costs_grow_with_orders_and_their_terms_are_shown() -> None:
    sums = [sum(costs.dollars(orders).values()) for orders in (0, *costs.VOLUMES)]
    assert sums == sorted(sums)
    assert sums[0] < 12, "an idle deployment costs cents a day"
    assert all(price.service in costs.usage() for price in costs.priced().values())

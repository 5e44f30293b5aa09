"""The SQL of a load follows from the contract, and Redshift would take all of it."""

from __future__ import annotations

import json

import pytest

from lambdas.contracts import BY_TABLE, CONTRACTS, Contract
from lambdas.lake.documents import DeltaPart
from lambdas.load.transaction import (
    Load,
    copy_manifest,
    count_stage_number,
    dimensions_first,
    statements,
)
from local.warehouse.dialect import translate

MANIFEST = "s3://lake/runs/run-1/load/table.manifest"


def sqls(table: str, run: str = "run-1") -> list[str]:
    return statements(Load(run, 0, BY_TABLE[table], MANIFEST))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.table)
def test_redshift_takes_every_statement_in_one_batch(contract: Contract) -> None:
    verbs = [translate(each, {}, in_batch=True).verb for each in sqls(contract.table)]
    assert verbs == ["LOCK", "CREATE", "COPY", "SELECT", "DELETE", "MERGE", "INSERT"]
    assert "COUNT(*)" in sqls(contract.table)[count_stage_number() - 1]


def test_rows_are_matched_by_the_contracts_key() -> None:
    drop, merge = sqls("cart")[4:6]
    assert 'stage."customer_id" = kept."customer_id" AND stage."line_no" = kept."line_no"' in drop
    assert "stage.version <= kept.version" in drop
    assert (
        'ON store."cart"."customer_id" = stage."customer_id" '
        'AND store."cart"."line_no" = stage."line_no"' in merge
    )


def test_a_match_updates_all_but_the_key_and_a_miss_inserts_every_stored_column() -> None:
    merge = sqls("category")[5]
    assert (
        'UPDATE SET "category_name" = stage."category_name", "version" = stage."version", '
        '"deleted" = stage."deleted"\n' in merge
    )
    assert 'INSERT ("category_id", "category_name", "version", "deleted") VALUES' in merge


def test_no_placeholder_is_left_over() -> None:
    assert not [each for each in sqls("date") if "{{" in each or "}}" in each]


def test_a_quote_in_a_runs_name_stays_inside_its_literal() -> None:
    assert "'it''s'" in sqls("sales", run="it's")[6]


def test_the_manifest_names_every_object_with_its_length_and_misses_none() -> None:
    parts = [DeltaPart("sales", f"month=2026-0{n}", 0, f"work/{n}", 5, 100 + n) for n in (1, 2)]
    assert json.loads(copy_manifest("lake", parts)) == {
        "entries": [
            {
                "url": f"s3://lake/work/{n}",
                "mandatory": True,
                "meta": {"content_length": 100 + n},
            }
            for n in (1, 2)
        ]
    }


def test_dimensions_are_loaded_before_the_facts_that_refer_to_them() -> None:
    order = [each.table for each in dimensions_first(reversed(CONTRACTS))]
    assert set(order[-2:]) == {"sales", "cart"}
    assert len(order) == len(CONTRACTS)

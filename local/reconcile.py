"""Compares what the API acknowledged with gold, the warehouse and the runs' own records."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lambdas.contracts import BY_TABLE
from local.queries import ENGINES, ask, named_query

if TYPE_CHECKING:
    from local.access import Access
    from local.pipeline import Pipeline
    from local.traffic import Acknowledged


@dataclass(frozen=True)
class Totals:
    """Sales in lines, units and money."""

    lines: int
    units: int
    money: Decimal


@dataclass(frozen=True)
class Check:
    """One comparison; `sentence` says what was expected and what was found."""

    name: str
    passed: bool
    sentence: str


def totals(access: Access, engine: str) -> Totals:
    [row] = ask(access, engine, named_query("sales_totals")).rows
    lines, units, money = (value or "0" for value in row)
    return Totals(int(lines), int(units), Decimal(money))


def acknowledged_totals(acknowledged: Acknowledged) -> Totals:
    return Totals(acknowledged.lines, acknowledged.units, acknowledged.money)


def check_all(pipeline: Pipeline, acknowledged: Acknowledged) -> list[Check]:
    """All checks of the demo, whether they hold or not."""
    access = pipeline.access
    checks = []
    for engine in ENGINES:
        checks.append(_check_totals(access, engine, acknowledged))
        checks += _check_rows(access, engine, acknowledged)
    return [*checks, *check_pipeline(pipeline)]


def check_pipeline(pipeline: Pipeline) -> list[Check]:
    """Exactly once, conservation, nothing in the dead-letter queue, no quarantine."""
    raw, promoted, erased = pipeline.raw_versions(), pipeline.promoted(), pipeline.erased()
    records = pipeline.records()
    quarantined = sum(record["counts"]["quarantined"] for record in records)
    dead = pipeline.dead_letters()
    return [
        Check(
            "exactly once",
            len(promoted) == len(set(promoted)) and set(promoted) - erased == raw,
            f"{len(raw)} raw object versions; successful runs name {len(promoted)}, "
            f"{len(set(promoted))} of them distinct"
            + (f", {len(set(promoted) & erased)} of them erased since" if erased else ""),
        ),
        Check("no quarantine", not quarantined, f"{quarantined} records are quarantined"),
        Check("no dead letters", not dead, f"{dead} messages are in the dead-letter queue"),
    ]


def _check_totals(access: Access, engine: str, acknowledged: Acknowledged) -> Check:
    expected, found = acknowledged_totals(acknowledged), totals(access, engine)
    return Check(
        f"sales in {engine}",
        expected == found,
        f"the API acknowledged {expected.lines} lines, {expected.units} units, {expected.money}; "
        f"{engine} has {found.lines} lines, {found.units} units, {found.money}",
    )


def _check_rows(access: Access, engine: str, acknowledged: Acknowledged) -> list[Check]:
    """Every acknowledged entity is there by name; nobody is known only by a sale."""
    expected = {
        "customer": len(acknowledged.customers),
        "vendor": len(acknowledged.vendors),
        "inventory": len(acknowledged.items),
        "cart": sum(acknowledged.carts_left.values()),
        "sales": acknowledged.lines,
    }
    found = {
        str(row["table_name"]): (int(row["known"] or 0), int(row["total"] or 0))
        for row in ask(access, engine, named_query("row_counts")).dicts()
    }
    return [
        Check(
            f"{table} in {engine}",
            found[table] == (count, count),
            f"{count} {BY_TABLE[table].entity} rows acknowledged; {engine} has "
            f"{found[table][1]}, of which {found[table][0]} are known by more than their key",
        )
        for table, count in expected.items()
    ]

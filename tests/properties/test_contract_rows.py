"""Whatever a source says of the entities beyond the API's, what is accepted keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.contracts import BY_ENTITY, Column, ColumnType, Contract
from tests.contract_rows import GOOD, Texts, judged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

odd = st.sampled_from(
    ["", " ", "0", "-1", "1e3", "NaN", "1.005", "6", "x" * 33, "\u0661", "VIEW", "20261301"]
)
moderately = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def said(column: Column) -> st.SearchStrategy[str | None]:
    """What a source may say in a column: as it should, nearly so, anything, nothing."""
    whole = st.integers(-(2**64), 2**64).map(str) | st.integers(-2, 6).map(str)
    fitting: dict[ColumnType, st.SearchStrategy[str]] = {
        ColumnType.BIGINT: whole,
        ColumnType.INTEGER: whole | st.dates().map("{:%Y%m%d}".format),
        ColumnType.MONEY: st.decimals(-5, 10**17, places=2, allow_nan=False).map(str),
        ColumnType.TIMESTAMP: st.datetimes().map("{:%Y-%m-%dT%H:%M:%SZ}".format),
        ColumnType.TEXT: st.sampled_from(column.allowed) if column.allowed else st.text(),
    }
    return fitting[column.type] | odd | st.text(max_size=9) | st.none()


@st.composite
def sayings(draw: st.DrawFn) -> tuple[Contract, list[Texts]]:
    """Good rows of one entity with one to three columns that say something else."""
    contract = BY_ENTITY[draw(st.sampled_from(sorted(GOOD)))]
    changed = st.lists(st.sampled_from(contract.columns), min_size=1, max_size=3)
    rows = draw(st.lists(changed, min_size=1, max_size=12))
    return contract, [
        GOOD[contract.entity] | {column.name: draw(said(column)) for column in columns}
        for columns in rows
    ]


def keeps(column: Column, value: Any) -> bool:
    if value is None:
        return not column.required
    return (
        (column.minimum is None or value >= column.minimum)
        and (column.maximum is None or value <= column.maximum)
        and (not column.allowed or value in column.allowed)
        and (column.type is not ColumnType.TEXT or len(value.encode()) <= column.max_bytes)
    )


@given(given_rows=sayings())
@moderately
def test_every_row_is_accepted_as_the_contract_says_or_refused_by_a_column(
    connection: DuckDBPyConnection, given_rows: tuple[Contract, list[Texts]]
) -> None:
    contract, rows = given_rows
    stored, rejected = judged(connection, contract, rows)
    assert len(stored) + len(rejected) == len(rows), "a row is accepted or refused, never lost"
    for row in stored:
        assert all(keeps(column, row[column.name]) for column in contract.columns), row
    for number, rejection in rejected.items():
        told = rejection.message.split()[0]
        assert told in contract.column_names or rejection.reason.code == "inconsistent"
        assert told not in rows[number] or rows[number][told] != GOOD[contract.entity][told]

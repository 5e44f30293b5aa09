"""Mappings of sources as tests ask for them: texts in, what the contract makes of them out."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from lambdas.clean.formats import open_rows
from lambdas.clean.judging import Judged, Staged, judge
from lambdas.clean.mapping import Columns, entities, load, parsers, staged
from lambdas.clean.mapping.model import Reading
from lambdas.clean.mapping.readings import of_type
from local.sources.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pytest
    from duckdb import DuckDBPyConnection

    from lambdas.clean.mapping import SourceMapping
    from lambdas.contracts import ColumnType

SAMPLES = Path(__file__).parent / "samples"
SOURCES = Path(__file__).parents[1] / "sources"

ITEMS = """
entities:
  item:
    columns:
      item_id: sku
      item_name: name
      category: {value: "1", as: own}
      price: price
      updated_at: changed
      vendor_id: {value: Us}
"""
"""A shop's items, and nothing special."""

ITEM = {"sku": "A-1", "name": "Pan", "price": "12.50", "changed": "2026-03-17T10:00:00Z"}


@dataclass(frozen=True)
class Outcome:
    judged: Judged
    rows: dict[str, list[dict[str, Any]]]

    @property
    def rejected(self) -> dict[int, tuple[str, str]]:
        return {
            record: (rejection.reason.code, rejection.message)
            for record, rejection in self.judged.rejected.items()
        }


def mapping(text: str, name: str = "shop") -> SourceMapping:
    return load(text, name)


def mapped(
    connection: DuckDBPyConnection, source: SourceMapping, records: Sequence[Mapping[str, Any]]
) -> Outcome:
    """What the contracts make of the records; the columns are those that they have."""
    columns = Columns()
    for each in records:
        columns.add(each)
    connection.execute(parsers())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        path = folder / "fields.ndjson"
        path.write_bytes(b"".join(staged(n, each) for n, each in enumerate(records, 1)))
        outcome = judge(
            connection, [Staged(path, "clean/fields", entities(source, tuple(columns)))], folder
        )
        rows = {each.entity: pq.read_table(each.path).to_pylist() for each in outcome.accepted}
    return Outcome(outcome, rows)


def read(
    connection: DuckDBPyConnection,
    kind: ColumnType,
    texts: Iterable[str],
    words: Mapping[str, Sequence[str]] | None = None,
    **reading: Any,
) -> dict[str, str | None]:
    """Each text in the contract's spelling, as the parser of that type reads it; None if not."""
    connection.execute(parsers())
    sql = of_type(kind, Reading(**reading), words or {}).sql.format("written")
    found = connection.execute(
        f"select written, {sql} from (select unnest(?) as written)",  # noqa: S608  # our own
        [list(texts)],
    ).fetchall()
    return dict(found)


def records(path: Path, source: SourceMapping | None = None) -> list[dict[str, Any]]:
    """The records of a file, as the formats read it, by a mapping's hints or by none."""
    with path.open("rb") as file:
        table = open_rows(file, source.format.hints()) if source else open_rows(file)
        return [row.fields for row in table]


def drafted(capsys: pytest.CaptureFixture[str], *files: Path) -> str:
    """What `infer` writes of sample files."""
    assert main(["infer", *map(str, files)]) == 0
    return capsys.readouterr().out

"""A shop, Nord, and what becomes of its files."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from lambdas.clean.origin import clean_any
from lambdas.engine import connect
from lambdas.lake.documents import CleanedObject, RawObject

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes import FakeLake

MAPPING = """
format: {delimiter: ";"}
reading: {decimal: ",", dates: ["%d.%m.%Y"], timezone: Europe/Berlin}
ignore: Status = 'Test'
version: {time: Datum}
entities:
  item:
    columns:
      item_id: Artikel
      item_name: Name
      category: {value: "1", as: own}
      price: Preis
      updated_at: Datum
      vendor_id: {value: Nord}
  customer:
    when: Kunde is not null
    columns:
      customer_id: Kunde
      first_name: Vorname
      last_name: Nachname
      email: {sql: "lower(Kunde) || '@nord.example'"}
      joined_at: Datum
"""
HEADER = "Artikel;Name;Preis;Datum;Kunde;Vorname;Nachname;Status"
KEY = "raw/nord/2026/orders.txt"
GOOD = "A1;Löffel;1.234,50 €;17.03.2026;K1;Ada;Lovelace;"


def arrived(lake: FakeLake, *rows: str | bytes, key: str = KEY) -> RawObject:
    body = b"\r\n".join(row if isinstance(row, bytes) else row.encode() for row in rows)
    lake.put(key, gzip.compress(body))
    return RawObject(key, lake.version_id(key), len(body))


def parquet(folder: Path, rows_of: str) -> bytes:
    path = folder / "x.parquet"
    with connect(folder) as connection:
        connection.execute(f"copy ({rows_of}) to '{path}' (format parquet)")
    return path.read_bytes()


def cleaned(lake: FakeLake, source: RawObject) -> CleanedObject:
    done = clean_any(lake, source)
    assert done.position is None
    return done.cleaned


def rows(lake: FakeLake, done: CleanedObject, entity: str, folder: Path) -> list[dict[str, Any]]:
    """All accepted rows of one entity, in order."""
    found: list[dict[str, Any]] = []
    for number, each in enumerate(each for each in done.cleaned if each.entity == entity):
        path = folder / f"{number}.parquet"
        path.write_bytes(lake.get(each.key).body)
        with connect(folder) as connection:
            read = connection.execute("select * from read_parquet(?)", [str(path)])
            names = [column[0] for column in read.description or []]
            found += [dict(zip(names, row, strict=True)) for row in read.fetchall()]
    return found

"""A source's object becomes cleaned objects and quarantine, by its mapping."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lambdas.clean import origin
from lambdas.clean.batch import clean_batch
from lambdas.clean.formats.values import MAX_DEPTH
from lambdas.clean.mapping import MappingError, Mappings, load
from lambdas.clean.mapping.names import MAX_COLUMNS
from lambdas.lake.documents import (
    CleanBatch,
    RawObject,
    RecordCounts,
)
from lambdas.lake.layout import cleaned_key, quarantine_key
from tests.capturing import lines
from tests.source_objects import GOOD, HEADER, KEY, MAPPING, arrived, cleaned, parquet, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes import FakeLake

pytestmark = pytest.mark.usefixtures("nord")


def test_a_row_yields_every_entity_that_the_mapping_names(lake: FakeLake, tmp_path: Path) -> None:
    done = cleaned(lake, arrived(lake, HEADER, GOOD, "A2;Gabel;2;18.03.2026;;;;"))
    assert done.counts == RecordCounts(2, accepted=2)
    assert [(each.entity, each.key) for each in done.cleaned] == [
        (entity, cleaned_key(entity, KEY, "v1")) for entity in ("item", "customer")
    ]
    (customer,) = rows(lake, done, "customer", tmp_path)
    assert (customer["first_name"], customer["email"]) == ("Ada", "k1@nord.example")
    spoon, fork = rows(lake, done, "item", tmp_path)
    assert (spoon["item_name"], str(spoon["price"])) == ("Löffel", "1234.50")
    assert spoon["vendor_id"] == fork["vendor_id"] >= 2**60
    assert spoon["version"] < fork["version"], "of the later day"


def test_a_record_is_quarantined_whole_with_its_bytes_and_its_neighbours_are_not(
    lake: FakeLake, tmp_path: Path
) -> None:
    no_price, torn = "A3;Topf;billig;18.03.2026;K3;Eve;E;", "A4;zu;kurz"
    not_text = b"A5;L\xf6ffel;1,00;18.03.2026;;;;"
    done = cleaned(lake, arrived(lake, HEADER, no_price, GOOD, torn, not_text, GOOD))
    assert done.counts == RecordCounts(5, accepted=1, quarantined=3, duplicate=1)
    assert len(rows(lake, done, "customer", tmp_path)) == 1
    assert done.quarantine == [quarantine_key(KEY, "v1")]
    entries = lines(lake.get(*done.quarantine).body)
    assert [(each["row"], each["code"]) for each in entries] == [
        (1, "bad_type"),
        (3, "ragged_row"),
        (4, "not_utf8"),
    ]
    assert "price" in entries[0]["message"]
    assert entries[0]["original"] == {"text": no_price}
    assert "base64" in entries[2]["original"]


def test_folders_say_what_the_file_does_not(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = MAPPING.replace("joined_at: Datum", "joined_at: {from: Tag, dates: iso}")
    mappings = Mappings([load(said, "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: mappings)
    filed = "raw/nord/dt=2026-03-18/tag=2026-03-17/country=DE/orders"
    flat = cleaned(lake, arrived(lake, HEADER, GOOD, key=f"{filed}.csv"))
    fields = dict(zip(HEADER.split(";"), GOOD.split(";"), strict=True))
    columns = ", ".join(f"'{text}' AS \"{name}\"" for name, text in fields.items())
    lake.put(f"{filed}.parquet", parquet(tmp_path, f"SELECT {columns}"))
    packed = RawObject(f"{filed}.parquet", lake.version_id(f"{filed}.parquet"), 1)
    nested = arrived(lake, json.dumps(fields), key=f"{filed}.ndjson")
    for done in (flat, cleaned(lake, packed), cleaned(lake, nested)):
        assert done.counts == RecordCounts(1, accepted=1)
        assert not done.new_columns
        (customer,) = rows(lake, done, "customer", tmp_path)
        assert customer["joined_at"].isoformat()[:10] == "2026-03-17"


SOLD = """
drift: strict
ignore: shop = 'closed'
entities:
  transaction_line:
    each: lines
    when: shop is not null
    columns:
      transaction_id: id
      line_no: {parts: [lines.sku]}
      item_id: lines.sku
      customer_id: buyer
      vendor_id: {value: Us}
      category_id: {value: "1", as: own}
      sold_at: dt
      unit_price: lines.price
      qty: lines.qty
      total_price: lines.price
"""
SALE = {"id": "1", "buyer": "b", "lines": [{"sku": "s", "price": "2", "qty": "1"}]}


@pytest.mark.parametrize(
    ("folders", "own", "counts"),
    [
        ("dt=2026-03-17/shop=a", {}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop=a", {"dt": None}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop=a", {"dt": " "}, RecordCounts(1, accepted=1)),
        ("dt=never/shop=a", {"dt": "2026-03-17"}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop=closed", {}, RecordCounts(1, ignored=1)),
        ("dt=2026-03-17/shop=closed", {"shop": "a"}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop='\"{@x}%00\n", {}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop=a/lines=5/lines[]=5/lines.sku=5", {}, RecordCounts(1, accepted=1)),
        ("dt=2026-03-17/shop=a/lines=5", {"lines": "5"}, RecordCounts(1, quarantined=1)),
    ],
)
def test_a_folder_says_what_the_record_does_not_and_never_a_list(
    lake: FakeLake,
    monkeypatch: pytest.MonkeyPatch,
    folders: str,
    own: dict[str, object],
    counts: RecordCounts,
) -> None:
    mappings = Mappings([load(SOLD, "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: mappings)
    done = cleaned(lake, arrived(lake, json.dumps(SALE | own), key=f"raw/nord/{folders}/x"))
    assert done.counts == counts


def test_what_the_mapping_ignores_is_counted_and_left_out(lake: FakeLake) -> None:
    done = cleaned(lake, arrived(lake, HEADER, GOOD, GOOD.replace("Lovelace;", "Lovelace;Test")))
    assert done.counts == RecordCounts(2, accepted=1, ignored=1)


def test_columns_in_another_order_or_case_are_the_same_and_new_ones_are_told(
    lake: FakeLake, tmp_path: Path
) -> None:
    header = "STATUS;datum;preis;name;artikel;vorname;nachname;kunde;Filiale"
    done = cleaned(lake, arrived(lake, header, ";17.03.2026;3;Topf;A9;Ada;L;K1;Mitte"))
    assert done.counts == RecordCounts(1, accepted=1)
    assert done.new_columns == ["Filiale"]
    assert [each["item_name"] for each in rows(lake, done, "item", tmp_path)] == ["Topf"]


def test_an_object_without_a_column_that_is_needed_is_quarantined_whole(lake: FakeLake) -> None:
    done = cleaned(lake, arrived(lake, "Artikel;Name;Datum", "A1;Topf;17.03.2026"))
    assert (done.counts, done.reasons) == (RecordCounts(1, quarantined=1), {"drifted": 1})
    (entry,) = lines(lake.get(*done.quarantine).body)
    assert (entry["row"], entry["code"]) == (0, "drifted")
    assert "Preis" in entry["message"]


@pytest.mark.parametrize(
    "body", [b"\x00\x01\x02\xff" * 9, b"\x1f\x8b damaged", b"PAR1\x15\x04 no table"]
)
def test_what_is_no_table_is_quarantined_whole(lake: FakeLake, body: bytes) -> None:
    lake.put(KEY, body)
    done = cleaned(lake, RawObject(KEY, "v1", len(body)))
    assert done.counts == RecordCounts(1, quarantined=1)
    (entry,) = lines(lake.get(*done.quarantine).body)
    assert entry["row"] == 0


@pytest.mark.parametrize("given", [(), (HEADER,), (HEADER, "", "")])
def test_a_file_without_rows_is_no_fault(lake: FakeLake, given: tuple[str, ...]) -> None:
    done = cleaned(lake, arrived(lake, *given))
    assert (done.counts, done.cleaned, done.quarantine) == (RecordCounts(0), [], [])


@pytest.mark.parametrize("key", ["raw/", "raw/sued/", "raw/nord/", "raw/nord/year=2026/"])
def test_a_folder_that_a_console_made_is_nothing_and_a_file_of_such_a_name_is_one(
    lake: FakeLake, key: str
) -> None:
    lake.put(key, b"")
    made = cleaned(lake, RawObject(key, "v1"))
    assert (made.counts, made.quarantine) == (RecordCounts(0), [])
    filled = cleaned(lake, arrived(lake, HEADER, GOOD, key=key))
    assert filled.counts.records == 1


HOSTILE = (
    *("raw/x.csv", "raw//x.csv", "raw/NORD/x.csv", "raw/nord", "raw/nord/", "raw/nord//x"),
    *("raw/nord/../x", "raw/nord/./x", "raw/nord/a b+c%20%&<>'\"=;?#*.csv", "raw/nord/_SUCCESS"),
    *("raw/nord/\x00\x01\n\r\t\x7f\ufffe", "raw/nord/ë\u0301\U0001f600", "raw/nord/{0}{x}@v/"),
    *("raw/nord/" + end * ((1024 - 9) // len(end.encode())) for end in ("k", "é", "\x01", "a=b/")),
    *("raw/" + "sued" * 255, "raw/customer/dt=" + "1" * 1008, "raw/Customer/dt=1/x"),
)


def test_whatever_it_is_called_an_object_is_accounted_for_and_stops_no_other(
    lake: FakeLake,
) -> None:
    bad = GOOD.replace("1.234,50 €", "cheap")
    objects = [arrived(lake, HEADER, GOOD, bad, key=key) for key in HOSTILE]
    done = clean_batch(lake, "run", CleanBatch(0, objects))
    assert done
    assert [each.source for each in done.objects] == objects
    for each in done.objects:
        mapped = each.source.key.startswith("raw/nord/")
        assert (each.counts.accepted, len(each.quarantine)) == (int(mapped), 1)
        assert {entry["source"] for entry in lines(lake.get(*each.quarantine).body)} == {
            each.source.key
        }
    written = [key for each in done.objects for key in each.quarantine]
    written += [entity.key for each in done.objects for entity in each.cleaned]
    assert len(set(written)) == len(written)


def test_nobodys_object_is_quarantined_whole_and_says_so(lake: FakeLake) -> None:
    done = cleaned(lake, arrived(lake, HEADER, GOOD, key="raw/sued/orders.csv"))
    assert done.reasons == {"unknown_source": 1}
    missing = cleaned(lake, RawObject("raw/nord/gone.csv", "v9"))
    assert missing.reasons == {"unreadable_object": 1}


def test_after_the_mapping_is_mended_what_is_now_good_leaves_the_quarantine(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = arrived(lake, HEADER, GOOD.replace(";17.03.2026;", ";2026-03-17;"))
    assert cleaned(lake, source).reasons == {"bad_type": 1}
    mended = Mappings([load(MAPPING.replace('["%d.%m.%Y"]', '["%d.%m.%Y", iso]'), "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: mended)
    assert cleaned(lake, source).counts == RecordCounts(1, accepted=1)
    assert lake.head(quarantine_key(KEY, "v1")) is None


def test_a_mapping_that_cannot_be_used_concerns_its_own_objects_alone(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "nord.yaml").write_text(MAPPING)
    (tmp_path / "neu.yaml").write_text("entities: {item: {columns: {price: 1")
    (tmp_path / "alt.yaml").write_bytes(b"description: \xff")
    with pytest.raises(MappingError, match="alt"):
        Mappings.of_folder(tmp_path)
    mappings = Mappings.of_folder(tmp_path, strict=False)
    monkeypatch.setattr(origin, "mappings", lambda: mappings)
    assert cleaned(lake, arrived(lake, HEADER, GOOD)).counts.accepted == 1
    told = cleaned(lake, arrived(lake, HEADER, GOOD, key="raw/neu/orders.csv"))
    assert told.reasons == {"bad_mapping": 1}
    assert "sources/neu.yaml" in lines(lake.get(*told.quarantine).body)[0]["message"]


def test_a_field_is_read_though_it_comes_after_more_keys_than_are_told_apart(
    lake: FakeLake, tmp_path: Path
) -> None:
    fields = dict(zip(HEADER.split(";"), GOOD.split(";"), strict=True))
    keys = {"more": {f"key {n}": "x" for n in range(MAX_COLUMNS)}}
    first = {name: text for name, text in fields.items() if name != "Kunde"} | keys
    done = cleaned(lake, arrived(lake, json.dumps(keys | first), json.dumps(fields)))
    assert done.counts == RecordCounts(2, accepted=2)
    assert len(rows(lake, done, "customer", tmp_path)) == 1


def test_a_record_as_deep_as_may_be_is_cleaned_and_a_deeper_one_costs_itself(
    lake: FakeLake,
) -> None:
    fields = dict(zip(HEADER.split(";"), GOOD.split(";"), strict=True))

    def deep(levels: int) -> str:
        return f'{json.dumps(fields)[:-1]},"deep":{"[" * (levels - 1)}{"]" * (levels - 1)}}}'

    done = cleaned(lake, arrived(lake, deep(MAX_DEPTH), deep(MAX_DEPTH + 1), deep(700)))
    assert done.counts == RecordCounts(3, accepted=1, quarantined=2)
    assert done.reasons == {"malformed_json": 2}

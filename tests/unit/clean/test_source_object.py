"""A source's object becomes cleaned objects and quarantine, part by part, by its mapping."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.clean import batch, foreign, origin
from lambdas.clean.batch import MAX_ENDS, clean_alone, clean_batch
from lambdas.clean.formats.values import MAX_DEPTH
from lambdas.clean.mapping import MappingError, Mappings, load
from lambdas.clean.mapping.names import MAX_COLUMNS
from lambdas.clean.origin import clean_any
from lambdas.clean.parts import Size
from lambdas.engine import connect
from lambdas.lake.documents import (
    CleanBatch,
    CleanedObject,
    CleanedSoFar,
    RawObject,
    RecordCounts,
)
from lambdas.lake.layout import cleaned_key, quarantine_key
from tests.capturing import lines
from tests.fakes import FakeLake

if TYPE_CHECKING:
    from pathlib import Path

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


class EndOfFunction(BaseException):  # no error: nothing in the function sees it
    """The function is no more."""


GOOD = "A1;Löffel;1.234,50 €;17.03.2026;K1;Ada;Lovelace;"


@pytest.fixture(autouse=True)
def nord(monkeypatch: pytest.MonkeyPatch) -> None:
    """One source, and nothing that ships."""
    mappings = Mappings([load(MAPPING, "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: mappings)


@pytest.fixture
def lake() -> FakeLake:
    return FakeLake()


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


def test_parquet_is_cleaned_in_parts_as_text_is(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "SIZE", Size(2, 1000))
    rows_of = " union all ".join(
        f"""select 'A{n}' as "Artikel", 'Löffel' as "Name", {price} as "Preis",
        '17.03.2026' as "Datum", 'K{n}' as "Kunde", 'Ada' as "Vorname", 'L' as "Nachname",
        null as "Status" """
        for n, price in enumerate(["'1,50'", "'2,25'", "null", "'4'", "'5,00 €'"])
    )
    body = parquet(tmp_path, rows_of)
    lake.put(KEY, body)
    done = cleaned(lake, RawObject(KEY, "v1", len(body)))
    assert done.counts == RecordCounts(5, accepted=4, quarantined=1)
    items = [each.key for each in done.cleaned if each.entity == "item"]
    assert items == [cleaned_key("item", KEY, "v1", part) for part in (0, 1, 2)]
    assert [str(each["price"]) for each in rows(lake, done, "item", tmp_path)] == [
        "1.50",
        "2.25",
        "4.00",
        "5.00",
    ]
    (entry,) = lines(lake.get(*done.quarantine).body)
    assert (entry["row"], entry["code"]) == (3, "missing_field")
    assert json.loads(entry["original"]["text"])["Artikel"] == "A2"

    lake.put(KEY, body[: len(body) // 2] + bytes(40) + body[-100:])
    damaged = cleaned(lake, RawObject(KEY, "v2"))
    assert (damaged.counts, damaged.reasons) == (
        RecordCounts(1, quarantined=1),
        {"unreadable_object": 1},
    )


@pytest.mark.parametrize("given", [(), (HEADER,), (HEADER, "", "")])
def test_a_file_without_rows_is_no_fault(lake: FakeLake, given: tuple[str, ...]) -> None:
    done = cleaned(lake, arrived(lake, *given))
    assert (done.counts, done.cleaned, done.quarantine) == (RecordCounts(0), [], [])


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


def test_what_ends_the_function_in_a_later_part_costs_that_and_what_follows(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "SIZE", Size(2, 1000))
    source = arrived(lake, HEADER, *(GOOD.replace("A1", f"A{n}") for n in range(5)))
    ends = []

    def dies(*given: Any, **named: Any) -> CleanedSoFar:
        if given[2] and given[2].parts == 2:
            ends.append(given)
            raise EndOfFunction
        return clean_any(*given, **named)

    monkeypatch.setattr(batch, "clean_any", dies)
    wanted = CleanBatch(0, [source])
    assert clean_batch(lake, "run", wanted, iter([False, True]).__next__) is None
    done = None
    while not done:
        with suppress(EndOfFunction):
            done = clean_alone(lake, "run", wanted, 0, lambda: True)
    assert len(ends) == MAX_ENDS
    assert done.counts == RecordCounts(5, accepted=4, quarantined=1)
    assert done.reasons == {"deadly_object": 1}
    assert done.quarantine == [quarantine_key(KEY, "v1", 2)]
    assert {each.key for each in done.cleaned} == {
        cleaned_key(entity, KEY, "v1", part) for entity in ("item", "customer") for part in (0, 1)
    }


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


def test_parts_are_bounded_by_what_their_rows_become_too(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "SIZE", Size(1000, 2000))
    wide = HEADER + "".join(f";Column with a long name {n}" for n in range(40))
    sheet = arrived(lake, wide, *(GOOD.replace("A1", f"A{n}") + ";" * 40 for n in range(20)))
    assert len(cleaned(lake, sheet).cleaned) >= 2 * 3
    rows_of = """select 'A' || n as "Artikel", repeat('Löffel', 70) as "Name", '1' as "Preis",
        '17.03.2026' as "Datum", null as "Kunde", null as "Vorname", null as "Nachname",
        null as "Status" from range(60) as number(n)"""
    lake.put(KEY, parquet(tmp_path, rows_of))
    done = cleaned(lake, RawObject(KEY, lake.version_id(KEY)))
    assert done.counts == RecordCounts(60, accepted=60)
    assert len(done.cleaned) >= 3


def test_parquet_that_cannot_be_read_on_is_no_end_of_it(lake: FakeLake) -> None:
    lake.put(KEY, b"PAR1\x15\x04 damaged since")
    source = RawObject(KEY, "v1")
    done = CleanedObject(source, RecordCounts(7), [])
    with pytest.raises(ValueError, match="7 rows were read"):
        clean_any(lake, source, CleanedSoFar(done, 1, {"number": 7}))


@settings(max_examples=6, deadline=None)
@given(data=st.data(), size=st.builds(Size, st.integers(2, 5), st.integers(60, 200)))
def test_a_large_object_is_cleaned_in_parts_in_as_many_invocations_as_it_takes(
    data: st.DataObject, size: Size
) -> None:
    """Whatever the parts, and wherever the function's time is over: the same rows, each once."""
    kinds = [GOOD, "A3;Topf;billig;18.03.2026;;;;", "A4;zu;kurz"]
    given = [data.draw(st.sampled_from(kinds)).replace("A", f"{n}A", 1) for n in range(7)]
    lake, monkeypatch = FakeLake(), pytest.MonkeyPatch()
    source = arrived(lake, HEADER, *given)
    wanted = CleanBatch(0, [source])
    is_over = data.draw(st.sampled_from([lambda: True, lambda: False]))
    with monkeypatch.context() as patch:
        patch.setattr(origin, "mappings", lambda: Mappings([load(MAPPING, "nord")]))
        patch.setattr(foreign, "SIZE", size)
        whole = clean_batch(lake, "whole", wanted)
        assert whole
        done = clean_batch(lake, "run", wanted, is_over)
        for _ in range(99):
            if done := clean_batch(lake, "run", wanted):
                break
            while clean_alone(lake, "run", wanted, 0, is_over) is None:
                pass
    assert done == whole
    (found,) = done.objects
    assert found.counts.records == len(given)
    assert found.counts.balanced
    kept = [entry["row"] for key in found.quarantine for entry in lines(lake.get(key).body)]
    assert kept == [n for n, row in enumerate(given, start=1) if row.split("A", 1)[1] != GOOD[1:]]


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


LATE_STRUCT = """
select 'A' || n as "Artikel", 'Löffel' as "Name", '17.03.2026' as "Datum",
case when n >= 1000 then {'Preis': '1,50'} end as "Geld", map_from_entries([('a', n)]) as "Mehr",
null as "Kunde", null as "Vorname", null as "Nachname", null as "Status"
from range(1002) as numbers(n)
"""


def test_a_struct_that_the_first_rows_lack_is_read_in_those_that_have_it(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested = Mappings([load(MAPPING.replace("price: Preis", "price: Geld.Preis"), "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: nested)
    with connect(tmp_path) as connection:
        connection.execute(f"copy ({LATE_STRUCT}) to '{tmp_path / 'x.parquet'}' (format parquet)")
    body = (tmp_path / "x.parquet").read_bytes()
    lake.put(KEY, body)
    done = cleaned(lake, RawObject(KEY, "v1", len(body)))
    assert done.counts == RecordCounts(1002, accepted=2, quarantined=1000)
    assert done.reasons == {"missing_field": 1000}
    assert done.new_columns == ["Mehr.[].key", "Mehr.[].value"]

"""A large object of a source is cleaned part by part, in as many invocations as it takes."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.clean import batch, origin
from lambdas.clean.batch import MAX_ENDS, clean_alone, clean_batch
from lambdas.clean.mapping import Mappings, load
from lambdas.clean.origin import clean_any
from lambdas.clean.sources import transform
from lambdas.clean.sources.parts import Size
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
from tests.source_objects import GOOD, HEADER, KEY, MAPPING, arrived, cleaned, parquet, rows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("nord")


class EndOfFunction(BaseException):  # no error: nothing in the function sees it
    """The function is no more."""


def test_parquet_is_cleaned_in_parts_as_text_is(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform, "SIZE", Size(2, 1000))
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


def test_what_ends_the_function_in_a_later_part_costs_that_and_what_follows(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform, "SIZE", Size(2, 1000))
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


def test_parts_are_bounded_by_what_their_rows_become_too(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform, "SIZE", Size(1000, 2000))
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
        patch.setattr(transform, "SIZE", size)
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

"""What a parser takes has exactly the value that Python finds, and nothing gets lost between."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lambdas.clean.mapping import entities, parsers, staged
from lambdas.contracts import LOWEST_VERSION, ColumnType, api_version
from lambdas.engine import literal, statement
from tests.mappings import ITEM, ITEMS, mapping, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

moderately = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MARKS = {".": (",", " ", "'", "\u2019", "\u00a0", "_"), ",": (".", " ", "'", "\u202f", "_")}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
FORMATS = ("%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%Y-%m-%d %H:%M:%S.%f", "%d %b %Y %H:%M")


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, Decimal]:
    """A decimal mark, a number as people write it with that, and its value."""
    mark = draw(st.sampled_from(sorted(MARKS)))
    whole, fraction = (
        draw(st.integers(0, 10**12)),
        draw(st.from_regex(r"[0-9]{0,4}", fullmatch=True)),
    )
    thousands = draw(st.sampled_from(("", *MARKS[mark])))
    digits = f"{whole:,}".replace(",", thousands) + (mark + fraction if fraction else "")
    money = draw(st.sampled_from(("{}", "€{}", "{} €", "EUR {}", "{}$", "CHF{}")))
    sign = draw(st.sampled_from(("{}", "-{}", "\u2212{}", "{}-", "({})", "+{}")))
    text = draw(st.sampled_from((sign.format(money), money.format(sign)))).format(digits)
    value = Decimal(f"{whole}.{fraction or 0}")
    return mark, text, value if sign in {"{}", "+{}"} else -value


def reference(text: str, mark: str) -> Decimal | None:
    """A number with this decimal mark, by hand: characters are sorted out, and groups counted."""
    plain = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    plain = plain.translate(dict.fromkeys(map(ord, "\u2212\u2013"), "-") | {ord("\u2019"): "'"})
    negative = any(sign in plain for sign in "-(")
    body = plain.strip("-+()€$ ")
    mantissa, _, exponent = body.replace("E", "e").partition("e")
    whole, _, fraction = mantissa.partition(mark)
    for thousands in MARKS["." if mark == "." else ","]:
        groups = whole.split(thousands)
        if len(groups) > 1 and groups[0] and all(len(group) == 3 for group in groups[1:]):
            whole = "".join(groups)
            break
    try:
        value = Decimal(f"{whole or 0}.{fraction or 0}e{exponent or 0}")
    except InvalidOperation:
        return None
    return -value if negative else value


@moderately
@given(st.lists(written(), min_size=1, max_size=40))
def test_numbers_are_read_as_they_were_written(
    connection: DuckDBPyConnection, numbers: list[tuple[str, str, Decimal]]
) -> None:
    for mark in MARKS:
        expected = {text: value for each, text, value in numbers if each == mark}
        found = read(connection, ColumnType.MONEY, expected, decimal=mark)
        assert {text: Decimal(value or "NaN") for text, value in found.items()} == expected


@moderately
@given(
    st.lists(
        st.text("0123456789.,' -+()€$eE_\u00a0\u2212\u2019", max_size=9), min_size=20, max_size=80
    )
)
def test_whatever_passes_for_a_number_has_the_value_that_python_finds(
    connection: DuckDBPyConnection, texts: list[str]
) -> None:
    by_mark = {mark: read(connection, ColumnType.MONEY, texts, decimal=mark) for mark in MARKS}
    for mark, found in by_mark.items():
        for text, value in found.items():
            assert value is None or Decimal(value) == reference(text, mark), text
    for text, value in read(connection, ColumnType.MONEY, texts).items():
        readings = {each for found in by_mark.values() if (each := found[text]) is not None}
        assert value == (readings.pop() if len(readings) == 1 else None), text


@moderately
@given(
    zone=st.sampled_from(ZONES),
    form=st.sampled_from(FORMATS),
    times=st.lists(
        st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2036, 1, 1)),  # noqa: DTZ001  # local
        max_size=30,
    ),
)
@example("Europe/Berlin", FORMATS[0], [dt.datetime(2026, 3, 29, 2, 30)])  # noqa: DTZ001
@example("Australia/Lord_Howe", FORMATS[0], [dt.datetime(2026, 4, 5, 1, 45)])  # noqa: DTZ001
def test_local_times_are_the_moments_that_python_finds(
    connection: DuckDBPyConnection, zone: str, form: str, times: list[dt.datetime]
) -> None:
    texts = [each.strftime(form) for each in times]
    expected = {text: moment(text, form, zone) for text in texts}
    found = read(connection, ColumnType.TIMESTAMP, texts, dates=[form], timezone=zone)
    assert found == expected


def moment(text: str, form: str, zone: str) -> str | None:
    """None for a time that never was; the later of two."""
    local = dt.datetime.strptime(text, form).replace(tzinfo=ZoneInfo(zone), fold=1)
    utc = local.astimezone(dt.UTC)
    if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        return None
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@moderately
@given(
    st.lists(
        st.datetimes(
            dt.datetime(1, 1, 2),  # noqa: DTZ001
            dt.datetime(9999, 12, 30),  # noqa: DTZ001
            timezones=st.builds(
                dt.timezone, st.builds(dt.timedelta, minutes=st.integers(-900, 900))
            ),
        ),
        max_size=30,
    )
)
def test_iso_8601_is_the_moment_that_python_finds(
    connection: DuckDBPyConnection, times: list[dt.datetime]
) -> None:
    expected = {
        each.isoformat(): each.astimezone(dt.UTC)
        .replace(tzinfo=None)
        .isoformat("T", "microseconds")
        + "Z"
        for each in times
    }
    assert read(connection, ColumnType.TIMESTAMP, expected) == expected


def rows(
    connection: DuckDBPyConnection, folder: Path, text: str, records: Sequence[dict[str, str]]
) -> list[tuple[str, ...]]:
    """Price and version of each record, of the view `mapped`."""
    path = folder / "fields.ndjson"
    path.write_bytes(b"".join(staged(n, each) for n, each in enumerate(records, 1)))
    connection.execute(parsers())
    connection.execute(statement("clean/fields", path=literal(path)))
    (item,) = entities(mapping(text), [*ITEM, "n", "gone"])
    connection.execute(item.sql)
    return connection.execute("select price, version from mapped order by record").fetchall()


@moderately
@given(
    st.lists(
        st.one_of(st.text(st.characters(exclude_categories=["Cs"])), written().map(lambda n: n[1]))
    )
)
def test_what_is_there_is_never_null_whatever_it_is(
    connection: DuckDBPyConnection, tmp_path: Path, texts: list[str]
) -> None:
    found = rows(connection, tmp_path, ITEMS, [ITEM | {"price": each} for each in texts])
    for text, (price, _) in zip(texts, found, strict=True):
        left = "".join(c for c in text if not (unicodedata.category(c)[0] == "Z" or c in SPACES))
        absent = left.lower() in {"", "n/a", "#n/a", "null"} and text.strip(ALL_SPACES) == left
        assert (price is None) == absent, json.dumps(text)


SPACES = "\t\n\r\f\v\ufeff\u200b"
ALL_SPACES = SPACES + "".join(
    chr(c) for c in range(0x10000) if unicodedata.category(chr(c))[0] == "Z"
)
VERSIONED = f"version: {{time: changed, sequence: n}}\n{ITEMS}    deleted: gone = 'y'\n"
TIMES = (
    "0001-01-01T00:00:00Z",
    "2026-03-17T10:00:00Z",
    "2026-03-17T10:00:00.000001Z",
    "9999-12-31",
)
states = st.tuples(
    st.integers(0, len(TIMES) - 1),
    st.sampled_from((0, 9, 10, 10**15 - 1)),
    st.booleans(),
    st.integers(0, 3),
)


@moderately
@given(st.lists(states, min_size=2, max_size=30))
def test_versions_order_by_time_then_sequence_then_a_tombstone_then_what_is_said(
    connection: DuckDBPyConnection, tmp_path: Path, told: list[tuple[int, int, bool, int]]
) -> None:
    records = [
        {
            **ITEM,
            "changed": TIMES[time],
            "n": str(n),
            "gone": "y" if gone else "",
            "price": str(price),
        }
        for time, n, gone, price in told
    ]
    found = [version for _, version in rows(connection, tmp_path, VERSIONED, records)]
    by_state = dict(zip(told, found, strict=True))
    assert len(set(by_state.values())) == len(by_state), "other states, other versions"
    assert [by_state[state] for state in told] == found, "the same state, the same version"
    assert all(len(version.encode()) == 64 for version in found)
    assert all(LOWEST_VERSION < version < api_version(1) for version in found)
    in_order = sorted(by_state, key=by_state.__getitem__)
    assert [state[:3] for state in in_order] == sorted(state[:3] for state in by_state)

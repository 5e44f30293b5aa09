"""Times in the spellings of shops, in zones with and without summer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import ColumnType
from tests.mappings import read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ISO = {
    "2026-03-17T10:00:00Z": "2026-03-17T10:00:00.000000Z",
    "2026-03-17 10:00": "2026-03-17T10:00:00.000000Z",
    "2026-03-17": "2026-03-17T00:00:00.000000Z",
    "20260317T100000Z": "2026-03-17T10:00:00.000000Z",
    "2026-03-17t10:00:00.5z": "2026-03-17T10:00:00.500000Z",
    "2026-03-17T10:00:00,25+02:00": "2026-03-17T08:00:00.250000Z",
    "2026-03-17 10:00:00 -0530": "2026-03-17T15:30:00.000000Z",
    "2026-03-17T10:00:00+02": "2026-03-17T08:00:00.000000Z",
    "2026-03-17T10:00:00.1234567Z": "2026-03-17T10:00:00.123456Z",
    "2026-03-17T24:00": "2026-03-18T00:00:00.000000Z",
    "2024-02-29": "2024-02-29T00:00:00.000000Z",
    "0001-01-01": "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+01:00": None,
    "9999-12-31T24:00": None,
    "2026-03-17T24:01": None,
    "2026-03-17T23:59:60Z": None,
    "2026-02-29": None,
    "2026-13-01": None,
    "0000-01-01": None,
    "2026-3-7": None,
    "2026-03-17T10": None,
    "17.03.2026": None,
    "now": None,
}
EPOCHS: dict[str, dict[str, str | None]] = {
    "epoch_s": {
        "1700000000": "2023-11-14T22:13:20.000000Z",
        "1700000000.5": "2023-11-14T22:13:20.500000Z",
        "-1": "1969-12-31T23:59:59.000000Z",
        "253402300799": "9999-12-31T23:59:59.000000Z",
        "253402300800": None,
        "999999999999999999": None,
        "1e9": None,
    },
    "epoch_ms": {
        "1700000000123": "2023-11-14T22:13:20.123000Z",
        "0": "1970-01-01T00:00:00.000000Z",
    },
    "epoch": {
        "1700000000": "2023-11-14T22:13:20.000000Z",
        "1700000000123": "2023-11-14T22:13:20.123000Z",
        "1700000000123456": "2023-11-14T22:13:20.123456Z",
    },
}
GERMAN = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
BERLIN = {
    "17.03.2026 10:00": "2026-03-17T09:00:00.000000Z",
    "17.07.2026 10:00:30": "2026-07-17T08:00:30.000000Z",
    "1.7.2026 9:05": "2026-07-01T07:05:00.000000Z",
    "17.03.2026": "2026-03-17T00:00:00.000000Z",
    "29.03.2026 01:59": "2026-03-29T00:59:00.000000Z",
    "29.03.2026 02:30": None,
    "29.03.2026 03:00": "2026-03-29T01:00:00.000000Z",
    "25.10.2026 01:59": "2026-10-24T23:59:00.000000Z",
    "25.10.2026 02:30": "2026-10-25T01:30:00.000000Z",
    "17.03.26": None,
    "31.02.2026": None,
    "17.03.2026 24:00": None,
    "17/03/2026": None,
    "17.03.2026 ": None,
}


def test_iso_8601_is_read_with_and_without_offset(connection: DuckDBPyConnection) -> None:
    assert read(connection, ColumnType.TIMESTAMP, ISO) == ISO


@pytest.mark.parametrize("form", EPOCHS)
def test_epochs_are_read_by_their_unit_or_by_their_size(
    connection: DuckDBPyConnection, form: str
) -> None:
    assert read(connection, ColumnType.TIMESTAMP, EPOCHS[form], dates=[form]) == EPOCHS[form]


def test_local_times_become_utc_and_a_day_stays_that_day(connection: DuckDBPyConnection) -> None:
    """A time that the clocks jumped over never was; of an hour that comes twice, the later."""
    found = read(connection, ColumnType.TIMESTAMP, BERLIN, dates=GERMAN, timezone="Europe/Berlin")
    assert found == BERLIN


def test_formats_are_tried_in_their_order_within_one_column(connection: DuckDBPyConnection) -> None:
    expected = {
        "03/04/2026": "2026-03-04T00:00:00.000000Z",
        "13/04/2026": "2026-04-13T00:00:00.000000Z",
        "1700000000": "2023-11-14T22:13:20.000000Z",
        "2026-03-17T10:00:00Z": "2026-03-17T10:00:00.000000Z",
        "3 Mar 26 1:05 pm": "2026-03-03T13:05:00.000000Z",
        "3 March 2026 +0200": None,
        "17.03.2026 10:00 +0200": "2026-03-17T08:00:00.000000Z",
    }
    dates = ["%m/%d/%Y", "%d/%m/%Y", "iso", "epoch", "%d %b %y %I:%M %p", "%d.%m.%Y %H:%M %z"]
    assert read(connection, ColumnType.TIMESTAMP, expected, dates=dates) == expected


def test_a_zone_of_a_time_that_says_its_offset_does_not_matter(
    connection: DuckDBPyConnection,
) -> None:
    expected = {
        "2026-03-17T10:00:00+05:00": "2026-03-17T05:00:00.000000Z",
        "2026-03-17T10:00:00": "2026-03-17T04:15:00.000000Z",
    }
    found = read(connection, ColumnType.TIMESTAMP, expected, timezone="Asia/Kathmandu")
    assert found == expected

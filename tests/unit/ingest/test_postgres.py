"""What surrounds a database: its secret, and the objects that its rows become."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.address import address
from lambdas.ingest.postgres.marks import short
from lambdas.ingest.postgres.sheet import FullSheetError, Limits, Sheet
from tests.pulling import a_pull

if TYPE_CHECKING:
    from lambdas.ingest.pulls import Postgres

SECRET = {"host": "db.example", "port": 5433, "dbname": "shop", "username": "u", "password": "p"}


def said(**more: Any) -> Postgres:
    found = a_pull().postgres
    assert found is not None
    return found.model_copy(update=more)


def test_the_pull_file_says_more_than_the_secret() -> None:
    found = address(said(host="replica", database="other"), json.dumps(SECRET))
    assert (found.host, found.port, found.database, found.user) == ("replica", 5433, "other", "u")
    assert address(said(port=1), json.dumps({**SECRET, "ca": "PEM"})).ca == "PEM"
    assert "p" not in repr(found).partition("host")[2].replace("replica", "").replace("port", "")


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("no json", "the secret mercado/shop is no JSON object"),
        ("[]", "the secret mercado/shop is no JSON object"),
        (json.dumps({**SECRET, "password": ""}), "no text as its `password`"),
        (json.dumps({**SECRET, "host": None}), "no text as its `host`"),
        (json.dumps({**SECRET, "port": "x"}), "its `port` is no number"),
    ],
)
def test_a_secret_that_is_none_is_told_without_its_values(secret: str, error: str) -> None:
    with pytest.raises(PullError, match=error):
        address(said(), secret)


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("2026-03-17 09:30:00.25+00", "20260317T093000.25"),
        ("2026-03-17 09:30:00", "20260317T093000"),
        ("17", "17"),
        ("-17", "17"),
        ("é/", "0"),
    ],
)
def test_a_mark_in_an_objects_name_is_short_and_plain(mark: str, name: str) -> None:
    assert short(mark) == name


def sheet(*rows: str, limits: Limits | None = None) -> Sheet:
    found = Sheet(2, limits or Limits())
    for row in ("at,id,note", *rows):
        found.write(f"{row}\n".encode())
    return found


def test_equal_rows_are_one_object_by_name_and_bytes() -> None:
    first, again, other = (sheet("1,1,a", note) for note in ("2,1,b", "2,1,b", "2,1,c"))
    assert first.name == again.name != other.name
    body = first.body()
    assert body == again.body()
    assert gzip.decompress(body) == b"at,id,note\n1,1,a\n2,1,b\n"
    assert first.name.startswith("1-2-")


def test_a_sheet_ends_at_its_size_but_never_between_equal_marks() -> None:
    limits = Limits(100, 20)
    found = sheet("1,1,a", "1,1,b", limits=limits)
    found.write(b"1,1,c\n")
    with pytest.raises(FullSheetError):
        found.write(b"1,2,d\n")
    assert (found.rows, found.last, found.more) == (3, ("1", "1"), True)


def test_rows_with_equal_marks_without_end_are_told() -> None:
    with pytest.raises(PullError, match="does the key tell rows apart"):
        sheet(*["1,1,a"] * 10, limits=Limits(100, 5))

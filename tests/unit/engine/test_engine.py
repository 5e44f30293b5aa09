"""The engine keeps within its function, and SQL comes from files, complete or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from lambdas.engine import POISON, connect, literal, statement
from lambdas.engine.connection import MEMORY_VARIABLE
from lambdas.sql import SQL

if TYPE_CHECKING:
    from pathlib import Path


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> object:
    (value,) = connection.execute("select current_setting($1)", [name]).fetchone() or (None,)
    return value


@pytest.mark.parametrize(
    ("memory_mib", "limit", "threads"), [("1769", "1.0 GiB", 1), ("512", "307.0 MiB", 1)]
)
def test_the_engine_keeps_within_the_memory_of_its_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, memory_mib: str, limit: str, threads: int
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, memory_mib)
    with connect(tmp_path) as connection:
        assert setting(connection, "memory_limit") == limit
        assert setting(connection, "threads") == threads
        assert setting(connection, "temp_directory") == str(tmp_path / "spill")


def test_more_than_the_memory_limit_spills_to_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "128")
    with connect(tmp_path) as connection:
        connection.execute(
            "create temp table big as select md5(i::varchar) as h, i from range(3_000_000) t(i)"
        )
        assert any((tmp_path / "spill").iterdir())


def test_the_engine_reaches_for_no_extension(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        assert setting(connection, "autoinstall_known_extensions") is False
        assert setting(connection, "autoload_known_extensions") is False


def test_what_the_data_did_is_told_from_what_the_machine_did() -> None:
    assert issubclass(duckdb.ConversionException, POISON)
    assert issubclass(duckdb.InternalException, POISON)
    assert not issubclass(duckdb.OutOfMemoryException, POISON)
    assert not issubclass(duckdb.IOException, POISON)
    assert not issubclass(duckdb.BinderException, POISON)


def test_a_statement_without_all_its_substitutions_is_refused() -> None:
    with pytest.raises(KeyError):
        statement("clean/accepted", columns="a")


def test_json_paths_are_no_substitutions() -> None:
    assert "'$.rev.N'" in statement("clean/customer")


def test_a_quote_does_not_end_a_literal() -> None:
    assert literal("it's") == "'it''s'"


@pytest.mark.parametrize("room", ["clean", "conform"])
def test_every_statement_says_what_it_is_for(room: str) -> None:
    files = sorted((SQL / room).glob("*.sql"))
    assert files
    assert [each.name for each in files if not each.read_text().startswith("-- ")] == []

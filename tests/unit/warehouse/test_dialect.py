"""How a Redshift statement is put to PostgreSQL."""

from __future__ import annotations

import pytest

from local.warehouse.dialect import CopyCommand, named_parameters, translate
from local.warehouse.errors import RefusedError


def translated(sql: str, **parameters: str) -> str:
    return translate(sql, parameters, in_batch=True).sql


def test_keys_are_dropped_since_redshift_does_not_enforce_them() -> None:
    sql = translated("CREATE TABLE t (k INT, u INT UNIQUE, PRIMARY KEY (k), UNIQUE (k, u))")
    assert sql == "CREATE TABLE t (k INT NOT NULL, u INT)"


def test_distribution_sorting_and_encoding_are_dropped() -> None:
    sql = translated(
        "CREATE TABLE t (k INT ENCODE az64) DISTSTYLE KEY DISTKEY (k) COMPOUND SORTKEY (k)"
    )
    assert sql == "CREATE TABLE t (k INT)"


def test_varchar_counts_bytes_and_has_redshifts_default_length() -> None:
    sql = translated("CREATE TABLE t (v VARCHAR(3), w TEXT)")
    assert 'v VARCHAR(3) CONSTRAINT redshift_bytes_v CHECK (OCTET_LENGTH("v") <= 3)' in sql
    assert "w VARCHAR(256)" in sql


def test_a_decimal_without_precision_has_no_decimals() -> None:
    assert "DECIMAL(18, 0)" in translated("SELECT a::DECIMAL FROM t")


def test_a_temporary_copy_of_a_table_counts_bytes_too() -> None:
    sql = translated("CREATE TEMP TABLE stage (LIKE store.t)")
    assert sql == "CREATE TEMPORARY TABLE stage (LIKE store.t INCLUDING CONSTRAINTS)"


def test_getdate_is_utc_without_a_zone() -> None:
    assert "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'" in translated("SELECT GETDATE()")


def test_parameters_become_literals_and_stay_inside_them() -> None:
    sql = translated("SELECT k FROM t WHERE v = :name", name="it's; DROP TABLE t")
    assert sql == "SELECT k FROM t WHERE v = 'it''s; DROP TABLE t'"
    assert named_parameters("SELECT :a, ':b', c::int, :d") == {"a", "d"}


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(RefusedError, match="no value for :name"):
        translated("SELECT :name")


def test_copy_is_read_into_its_parts() -> None:
    command = translate(
        "COPY store.t (a, b) FROM 's3://bucket/m' IAM_ROLE DEFAULT FORMAT AS PARQUET MANIFEST;",
        {},
        in_batch=True,
    ).copy
    assert command == CopyCommand("store.t", ("a", "b"), "s3://bucket/m", manifest=True)


def test_roles_are_named_as_users_are_in_postgresql() -> None:
    assert translated("CREATE ROLE analyst;") == "CREATE ROLE analyst NOLOGIN"
    assert translated('GRANT ROLE analyst TO "IAMR:a";') == 'GRANT analyst TO "IAMR:a";'
    both = translated("GRANT USAGE ON SCHEMA public TO ROLE engineer, ROLE analyst")
    assert both == "GRANT USAGE ON SCHEMA public TO engineer, analyst"
    assert "FROM pg_roles" in translated("SELECT role_name FROM svv_roles")

"""A table of statements: what Redshift takes, and what it refuses though PostgreSQL would not."""

from __future__ import annotations

import pytest

from local.warehouse.dialect import translate
from local.warehouse.errors import RefusedError

MERGE = "MERGE INTO store.t USING stage ON store.t.k = stage.k AND store.t.n = stage.n "
UPDATES = "WHEN MATCHED THEN UPDATE SET v = stage.v "
INSERTS = "WHEN NOT MATCHED THEN INSERT (k, n, v) VALUES (stage.k, stage.n, stage.v)"

ACCEPTED = [
    "SELECT 1",
    "SELECT TOP 5 k FROM t",
    "SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS r FROM t QUALIFY r = 1",
    "SELECT NVL(a, 0), GETDATE(), SYSDATE, DATEADD(day, 1, d), DATEDIFF(day, a, b) FROM t",
    "SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) FROM t",
    "SELECT DECODE(a, 1, 'one', 'other'), LEN(b), a ILIKE 'x%' FROM t",
    "SELECT JSON_EXTRACT_PATH_TEXT(a, 'b') FROM t",
    "WITH a AS (SELECT 1 AS k) SELECT k FROM a UNION ALL SELECT k FROM t",
    "SELECT CURRENT_DATE, NOW()",
    "SELECT NOW() AS asked_at",
    "SELECT 'now(), string_agg( and RETURNING are text' FROM t",
    "INSERT INTO t (k) SELECT k FROM s",
    "INSERT INTO t VALUES (1, 'a')",
    "UPDATE t SET v = s.v FROM s WHERE t.k = s.k",
    "DELETE FROM stage USING store.t AS kept WHERE stage.k = kept.k AND stage.v <= kept.v",
    MERGE + UPDATES + INSERTS,
    MERGE + "WHEN MATCHED THEN DELETE " + INSERTS,
    "MERGE INTO t USING stage AS s ON (t.k = s.k) " + UPDATES.replace("stage", "s") + INSERTS,
    "LOCK store.load_ledger",
    "LOCK TABLE a, b;",
    "COPY stage FROM 's3://b/m' IAM_ROLE DEFAULT FORMAT AS PARQUET MANIFEST",
    "COPY stage (a, b) FROM 's3://b/p/' IAM_ROLE 'arn:aws:iam::1:role/r' FORMAT PARQUET",
    "CREATE SCHEMA IF NOT EXISTS store",
    "CREATE TABLE t (k BIGINT NOT NULL, PRIMARY KEY (k)) DISTSTYLE KEY DISTKEY (k) SORTKEY (k)",
    "CREATE TABLE t (k BIGINT IDENTITY(1, 1), v VARCHAR(10) ENCODE zstd) DISTSTYLE ALL",
    "CREATE TEMP TABLE stage (LIKE store.t)",
    "CREATE TABLE t AS SELECT 1 AS k",
    "CREATE OR REPLACE VIEW v AS SELECT k FROM t WHERE NOT deleted",
    "ALTER TABLE t ADD COLUMN v INTEGER",
    "DROP TABLE IF EXISTS t",
    "ANALYZE t",
    "GRANT SELECT ON t TO PUBLIC",
    'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA store TO "IAMR:load"',
    'CREATE USER "IAMR:load" PASSWORD DISABLE',
    "-- a comment first\nSELECT 1;",
]

REFUSED = [
    (MERGE + "WHEN MATCHED AND stage.v > store.t.v THEN UPDATE SET v = 1 " + INSERTS, "AND is not"),
    (MERGE + UPDATES + INSERTS.replace("THEN", "AND stage.v > 0 THEN"), "AND is not supported"),
    (MERGE + UPDATES + "WHEN NOT MATCHED THEN DO NOTHING", "DO NOTHING"),
    (MERGE + UPDATES, "one WHEN MATCHED and one WHEN NOT MATCHED"),
    (MERGE + INSERTS, "one WHEN MATCHED and one WHEN NOT MATCHED"),
    (MERGE + UPDATES + "WHEN MATCHED THEN DELETE " + INSERTS, "one WHEN MATCHED and one"),
    ("MERGE INTO t USING s ON t.k > s.k " + UPDATES + INSERTS, "equalities of columns"),
    ("MERGE INTO t USING s ON t.k = s.k OR t.n = s.n " + UPDATES + INSERTS, "equalities"),
    ("MERGE INTO t USING s ON t.k = s.k AND t.n = 1 " + UPDATES + INSERTS, "equalities"),
    ("MERGE INTO t USING s ON t.k = LOWER(s.k) " + UPDATES + INSERTS, "equalities of columns"),
    ("MERGE INTO t AS x USING s ON x.k = s.k " + UPDATES + INSERTS, "cannot have an alias"),
    ("MERGE INTO t USING (SELECT 1 AS k) s ON t.k = s.k " + UPDATES + INSERTS, "must be a table"),
    ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT"),
    ("INSERT INTO t VALUES (1) ON CONFLICT (k) DO UPDATE SET v = 1", "ON CONFLICT"),
    ("INSERT INTO t VALUES (1) RETURNING k", "RETURNING"),
    ("DELETE FROM t RETURNING k", "RETURNING"),
    ("WITH gone AS (DELETE FROM t) SELECT 1", "data-modifying"),
    ("SELECT DISTINCT ON (k) k, v FROM t", "DISTINCT ON"),
    ("SELECT COUNT(*) FILTER (WHERE v > 1) FROM t", "FILTER"),
    ("SELECT x FROM t, LATERAL (SELECT t.k AS x) AS l", "LATERAL"),
    ("SELECT k FROM t FOR UPDATE", "FOR UPDATE"),
    ("SELECT k FROM t FETCH FIRST 5 ROWS ONLY", "FETCH"),
    ("SELECT k FROM t TABLESAMPLE SYSTEM (10)", "TABLESAMPLE"),
    ("SELECT STRING_AGG(k, ',') FROM t", "string_agg"),
    ("SELECT ARRAY_AGG(k) FROM t", "array_agg"),
    ("SELECT STRING_TO_ARRAY('a,b', ',')", "string_to_array"),
    ("SELECT UNNEST(k) FROM t", "unnest"),
    ("SELECT GEN_RANDOM_UUID()", "gen_random_uuid"),
    ("SELECT JSONB_BUILD_OBJECT('k', 1)", "jsonb_build_object"),
    ("SELECT a -> 'b' FROM t", "JSON operators"),
    ("SELECT FROBNICATE(k) FROM t", "frobnicate"),
    ("SELECT n FROM t, GENERATE_SERIES(1, 3) AS n", "leader node"),
    ("INSERT INTO t SELECT NOW() FROM s", "leader node"),
    ("SELECT CURRENT_TIMESTAMP FROM t", "leader node"),
    ("SELECT ARRAY[1, 2]", "arrays are not supported"),
    ("CREATE TABLE t (k SERIAL)", "serial"),
    ("CREATE TABLE t (k BIGSERIAL)", "serial"),
    ("CREATE TABLE t (v TEXT[])", "[] is not supported"),
    ("CREATE TABLE t (v JSONB)", "jsonb"),
    ("CREATE TABLE t (v UUID)", "uuid"),
    ("SELECT '{}'::jsonb", "jsonb"),
    ("CREATE TABLE t (k INT CHECK (k > 0))", "CHECK"),
    ("CREATE TABLE t (k INT, CHECK (k > 0))", "CHECK"),
    ("CREATE INDEX i ON t (k)", "CREATE INDEX"),
    ("CREATE UNIQUE INDEX i ON t (k)", "CREATE INDEX"),
    ("CREATE SEQUENCE s", "CREATE SEQUENCE"),
    ("CREATE TABLE p (k INT) PARTITION BY RANGE (k)", "partitioning"),
    ("TRUNCATE store.t", "TRUNCATE commits"),
    ("SAVEPOINT before", "SAVEPOINT"),
    ("BEGIN", "BEGIN"),
    ("COMMIT", "COMMIT"),
    ("SELECT 1; SELECT 2", "multiple commands"),
    ("COPY t FROM 's3://b/m' FORMAT AS PARQUET", "IAM_ROLE"),
    ("COPY t FROM 's3://b/m' IAM_ROLE DEFAULT FORMAT AS PARQUET MAXERROR 5", "MAXERROR"),
    ("COPY t FROM 's3://b/m' IAM_ROLE DEFAULT FORMAT AS CSV", "FORMAT PARQUET only"),
    ("SELEC 1", "syntax error"),
    ("SELECT", "syntax error"),
    ("SELECT (1", "syntax error"),
    ("", "empty"),
]


@pytest.mark.parametrize("sql", ACCEPTED)
def test_redshift_takes(sql: str) -> None:
    assert translate(sql, {}, in_batch=True).sql


@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_redshift_refuses(sql: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        translate(sql, {}, in_batch=True)
    assert reason.lower() in refused.value.message.lower()


def test_truncate_alone_is_taken() -> None:
    assert translate("TRUNCATE store.t", {}, in_batch=False).verb == "TRUNCATE"

"""COPY of Parquet from S3: which files, whether they fit the table, and their rows.

Columnar COPY knows no column names: the first column of the file goes into the first of the table.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError
from psycopg import sql

from local.warehouse.errors import RefusedError, UnloadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from mypy_boto3_s3 import S3Client

    from local.warehouse.dialect import CopyCommand

INCOMPATIBLE, TOO_LONG = 15007, 15001
VARLENA_HEADER = 4
BATCH_ROWS = 10_000


@dataclass(frozen=True)
class Target:
    """A column of the table; `limit` is VARCHAR's length in bytes, if there is one."""

    name: str
    redshift: str
    arrow: pa.DataType
    limit: int | None = None


def copy(connection: psycopg.Connection, s3: S3Client, command: CopyCommand) -> int:
    """Loads the files and returns the number of rows. Raises RefusedError or UnloadableError."""
    targets = _targets(connection, command)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.SQL(command.table),  # rendered by sqlglot, quotes and all
        sql.SQL(", ").join(sql.Identifier(each.name) for each in targets),
    )
    rows = 0
    files = [_checked(url, body, targets) for url, body in _files(s3, command)]
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for url, file in files:
            for batch in file.iter_batches(BATCH_ROWS):
                columns = [column.to_pylist() for column in batch.columns]
                for row in zip(*columns, strict=True):
                    _check_lengths(row, targets, url)
                    stream.write_row(row)
                rows += batch.num_rows
    return rows


def _targets(connection: psycopg.Connection, command: CopyCommand) -> list[Target]:
    found = connection.execute(
        "SELECT attname, format_type(atttypid, NULL), atttypmod FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [command.table],
    ).fetchall()
    if not found:
        raise RefusedError(f'relation "{command.table}" does not exist')
    targets = {name: _target(name, kind, modifier) for name, kind, modifier in found}
    missing = [name for name in command.columns if name not in targets]
    if missing:
        raise RefusedError(f'column "{missing[0]}" of relation "{command.table}" does not exist')
    return [targets[name] for name in command.columns] or list(targets.values())


def _target(name: str, kind: str, modifier: int) -> Target:
    """From PostgreSQL's catalog; a type modifier holds length or precision and scale."""
    plain: dict[str, tuple[str, pa.DataType]] = {
        "bigint": ("BIGINT", pa.int64()),
        "integer": ("INTEGER", pa.int32()),
        "smallint": ("SMALLINT", pa.int16()),
        "boolean": ("BOOLEAN", pa.bool_()),
        "double precision": ("DOUBLE PRECISION", pa.float64()),
        "real": ("REAL", pa.float32()),
        "date": ("DATE", pa.date32()),
        "timestamp without time zone": ("TIMESTAMP", pa.timestamp("us")),
    }
    if kind in plain:
        return Target(name, *plain[kind])
    size = modifier - VARLENA_HEADER
    if kind == "numeric":
        precision, scale = size >> 16, size & 0xFFFF
        return Target(name, f"DECIMAL({precision}, {scale})", pa.decimal128(precision, scale))
    if kind == "character varying":
        return Target(name, f"VARCHAR({size})", pa.string(), limit=size)
    raise RefusedError(f'COPY: column "{name}" is of type {kind}, which the stand-in cannot load')


def _files(s3: S3Client, command: CopyCommand) -> Iterator[tuple[str, bytes]]:
    """URL and bytes of every file that the command names."""
    if not command.manifest:
        yield from _files_by_prefix(s3, command.source)
        return
    entries = json.loads(_get(s3, command.source, "Problem reading manifest file"))["entries"]
    if not entries:
        raise RefusedError(f"The manifest {command.source} lists no files")
    for entry in entries:
        length = entry.get("meta", {}).get("content_length")
        if length is None:
            raise RefusedError(
                f"Manifest {command.source}: meta.content_length is required for columnar files, "
                f"and missing for {entry['url']}"
            )
        try:
            body = _get(s3, entry["url"], "Mandatory file of the manifest not found")
        except RefusedError:
            if entry.get("mandatory", False):
                raise
            continue
        if len(body) != length:
            raise UnloadableError(
                INCOMPATIBLE,
                f"File {entry['url']} has {len(body)} bytes, its manifest says {length}",
            )
        yield entry["url"], body


def _files_by_prefix(s3: S3Client, source: str) -> Iterator[tuple[str, bytes]]:
    """Without a manifest the source is a prefix: run-1 loads run-10 too, as in Redshift."""
    place = urlsplit(source)
    listed = s3.get_paginator("list_objects_v2").paginate(
        Bucket=place.netloc, Prefix=place.path.lstrip("/")
    )
    keys = [entry["Key"] for page in listed for entry in page.get("Contents", [])]
    if not keys:
        raise RefusedError(f"The specified S3 prefix '{place.path.lstrip('/')}' does not exist")
    for key in keys:
        url = f"s3://{place.netloc}/{key}"
        yield url, _get(s3, url, "S3ServiceException")


def _get(s3: S3Client, url: str, trouble: str) -> bytes:
    place = urlsplit(url)
    try:
        return s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()
    except ClientError as error:
        details = error.response["Error"]
        raise RefusedError(
            f"{trouble}: S3ServiceException:{details.get('Message')},"
            f"Error {details.get('Code')} for {url}"
        ) from error


def _checked(url: str, body: bytes, targets: list[Target]) -> tuple[str, pq.ParquetFile]:
    try:
        file = pq.ParquetFile(io.BytesIO(body))
    except pa.ArrowInvalid as error:
        raise UnloadableError(INCOMPATIBLE, f"File {url} is not Parquet: {error}") from error
    fields = list(file.schema_arrow)
    if len(fields) != len(targets):
        raise UnloadableError(
            INCOMPATIBLE,
            "Unmatched number of columns between table and file. "
            f"Table columns: {len(targets)}, Data columns: {len(fields)}, File name: {url}",
        )
    for field, target in zip(fields, targets, strict=True):
        if not _fits(field.type, target.arrow):
            raise UnloadableError(
                INCOMPATIBLE,
                f"File '{url}' has an incompatible Parquet schema for column '{target.name}'. "
                f"Column type: {target.redshift}, Parquet schema: {field.type} {field.name}",
            )
    return url, file


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Types must be the same; a timestamp may be in milliseconds or in INT96 (nanoseconds)."""
    if pa.types.is_timestamp(wanted):
        return bool(pa.types.is_timestamp(found) and found.tz is None)
    if pa.types.is_string(wanted):
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    return bool(found.equals(wanted))


def _check_lengths(row: tuple[Any, ...], targets: list[Target], url: str) -> None:
    for value, target in zip(row, targets, strict=True):
        if target.limit is None or value is None:
            continue
        size = len(value.encode())
        if size > target.limit:
            raise UnloadableError(
                TOO_LONG,
                f"The length of the data column {target.name} is longer than the length defined "
                f"in the table. Table: {target.limit}, Data: {size}, File name: {url}",
            )

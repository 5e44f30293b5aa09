"""Result sets as the Data API gives them: fields by type, columns with their metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

BOOL, INT8, INT2, INT4, FLOAT4, FLOAT8 = 16, 20, 21, 23, 700, 701
TYPE_NAMES = {
    BOOL: "bool", INT8: "int8", INT2: "int2", INT4: "int4", FLOAT4: "float4", FLOAT8: "float8",
    25: "varchar", 1042: "bpchar", 1043: "varchar", 1082: "date", 1114: "timestamp",
    1184: "timestamptz", 1700: "numeric",
}  # fmt: skip
INTEGERS, FLOATS = {INT8, INT2, INT4}, {FLOAT4, FLOAT8}


@dataclass(frozen=True)
class ResultSet:
    """`columns` are ColumnMetadata, `records` rows of Field, both as the API spells them."""

    columns: list[dict[str, Any]]
    records: list[list[dict[str, Any]]]

    @property
    def size(self) -> int:
        """In bytes of the values."""
        return sum(len(str(next(iter(field.values())))) for row in self.records for field in row)


def read(cursor: psycopg.Cursor) -> ResultSet | None:
    """The statement's result set, or None if it has none; an empty one is one."""
    raw = cursor.pgresult
    if cursor.description is None or raw is None:
        return None
    types = [column.type_code for column in cursor.description]
    columns = [
        {
            "name": column.name,
            "label": column.name,
            "typeName": TYPE_NAMES.get(column.type_code, "varchar"),
            "nullable": 1,
            "precision": column.precision or 0,
            "scale": column.scale or 0,
            "length": column.internal_size or 0,
            "isCaseSensitive": column.type_code in (25, 1042, 1043),
            "isCurrency": False,
            "isSigned": column.type_code in INTEGERS | FLOATS | {1700},
            "schemaName": "",
            "tableName": "",
        }
        for column in cursor.description
    ]
    records = [
        [_field(kind, raw.get_value(row, column)) for column, kind in enumerate(types)]
        for row in range(raw.ntuples)
    ]
    return ResultSet(columns, records)


def _field(kind: int, raw: bytes | None) -> dict[str, Any]:
    """Decimals and times are strings, so that nothing is lost on the way."""
    if raw is None:
        return {"isNull": True}
    text = raw.decode()
    if kind == BOOL:
        return {"booleanValue": text == "t"}
    if kind in INTEGERS:
        return {"longValue": int(text)}
    if kind in FLOATS:
        return {"doubleValue": float(text)}
    return {"stringValue": text}

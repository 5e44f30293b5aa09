"""The transform bundle reads gzip NDJSON and writes Parquet, with exact money."""

from __future__ import annotations

import gzip
import importlib.util
import tempfile
from decimal import Decimal
from pathlib import Path

import aws_lambda_powertools
import duckdb
import pydantic

LINES = '{"id": "7", "price": "19.90"}\n{"id": "8", "price": "0.10"}\n'
WRITE = """
copy (
    select try_cast(id as bigint) as id, try_cast(price as decimal(18, 2)) as price
    from read_json(
        $source, format = 'newline_delimited', columns = {id: 'VARCHAR', price: 'VARCHAR'}
    )
) to '{target}' (format parquet)
"""

assert aws_lambda_powertools.Logger is not None
assert pydantic.TypeAdapter(int).validate_python("7") == 7
with tempfile.TemporaryDirectory() as folder:
    source, target = Path(folder, "lines.ndjson.gz"), Path(folder, "lines.parquet")
    source.write_bytes(gzip.compress(LINES.encode()))
    with duckdb.connect() as connection:
        connection.execute(WRITE.replace("{target}", str(target)), {"source": str(source)})
        rows = connection.execute(
            "select count(*), sum(price) from read_parquet($target)", {"target": str(target)}
        ).fetchall()
        value = connection.execute("""select json_extract_string('{"a": 1}', '$.a')""").fetchone()
assert rows == [(2, Decimal("20.00"))], rows
assert value == ("1",), value
for name in ("pandas", "pyarrow", "numpy", "awswrangler", "pytest"):
    assert importlib.util.find_spec(name) is None, f"{name} is not in this bundle"

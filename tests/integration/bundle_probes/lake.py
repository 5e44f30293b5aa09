"""The lake bundle writes Parquet with exact types through pandas and Arrow, and reads it back."""

from __future__ import annotations

import importlib.util
import io
from decimal import Decimal

import aws_lambda_powertools
import awswrangler as wr
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet

table = pa.table(
    {
        "id": pa.array([1, 2], pa.int64()),
        "price": pa.array([Decimal("19.90"), None], pa.decimal128(18, 2)),
        "sold_at": pa.array([0, 1], pa.timestamp("us")),
    }
)
frame = table.to_pandas(types_mapper=pd.ArrowDtype)
buffer = io.BytesIO()
frame.to_parquet(buffer, index=False)
assert pa.parquet.read_table(buffer).cast(table.schema).equals(table)
assert pd.read_parquet(buffer, dtype_backend="pyarrow").equals(frame)
assert frame["price"].sum() == Decimal("19.90")

assert wr.__version__
assert callable(wr.s3.to_parquet)
assert callable(wr.data_api.redshift.connect)
columns, _ = wr.catalog.extract_athena_types(frame)
assert columns["price"] == "decimal(18,2)"
assert pa.dataset.dataset(table).count_rows() == 2
assert np.allclose(np.linalg.inv(np.diag([2.0, 4.0])), np.diag([0.5, 0.25]))  # needs *.libs
assert aws_lambda_powertools.Tracer is not None
for name in ("duckdb", "pydantic", "pytest", "setuptools"):
    assert importlib.util.find_spec(name) is None, f"{name} is not in this bundle"

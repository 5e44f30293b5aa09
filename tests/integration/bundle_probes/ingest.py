"""The ingest bundle has what speaks to databases and APIs, and reads pull files."""

from __future__ import annotations

import importlib.util

import aws_lambda_powertools
import pydantic
import urllib3
import yaml
from pg8000.core import CoreConnection
from scramp import ScramClient

assert aws_lambda_powertools.Logger is not None
assert pydantic.TypeAdapter(int).validate_python("7") == 7
assert yaml.safe_load("tables: {orders: {key: id}}") == {"tables": {"orders": {"key": "id"}}}
assert urllib3.PoolManager is not None
assert CoreConnection is not None
client = ScramClient(["SCRAM-SHA-256"], "puller", "secret")
assert client.get_client_first().startswith("n,,n=")
for name in ("duckdb", "pandas", "pyarrow", "awswrangler", "pytest"):
    assert importlib.util.find_spec(name) is None, f"{name} is not in this bundle"

"""The API bundle routes a request, validates it with pydantic, and can trace."""

from __future__ import annotations

import importlib
import importlib.util
import json
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel, Field

app = APIGatewayHttpResolver(enable_validation=True)


class Line(BaseModel):
    qty: int = Field(ge=1)


@app.post("/cart")
def put_cart(line: Line) -> dict[str, int]:
    return {"qty": line.qty}


def answer(body: dict[str, Any]) -> dict[str, Any]:
    http = {"method": "POST", "path": "/cart"}
    event = {
        "version": "2.0",
        "rawPath": "/cart",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": http, "stage": "$default"},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
    return app.resolve(event, None)  # type: ignore[arg-type]  # no context is read


accepted, refused = answer({"qty": 2}), answer({"qty": 0})
assert (accepted["statusCode"], json.loads(accepted["body"])) == (200, {"qty": 2}), accepted
assert refused["statusCode"] == 422, refused

Logger(service="probe").info("it logs")
Metrics(namespace="Probe", service="probe").add_metric("Probes", unit="Count", value=1)
assert Tracer(service="probe", auto_patch=False).capture_method(len)([1, 2]) == 2
assert importlib.import_module("aws_xray_sdk.core").xray_recorder is not None
for name in ("duckdb", "pandas", "pyarrow", "numpy", "awswrangler", "pytest"):
    assert importlib.util.find_spec(name) is None, f"{name} is not in this bundle"

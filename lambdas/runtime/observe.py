"""Structured logs with the run's id, X-Ray traces and EMF metrics, set up once per function."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import EphemeralMetrics

from lambdas.contracts.metrics import COUNT, FAMILY, NAMESPACE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdas.contracts.metrics import Measure

SECRET = frozenset({"authorization", "idempotency-key"})
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
REDACTED = "…"


def redacted(value: Any) -> Any:
    """A JSON value without tokens, and without what stands under a secret header's name."""
    if isinstance(value, dict):
        return {
            name: REDACTED if str(name).lower() in SECRET else redacted(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(each) for each in value]
    return TOKEN.sub(REDACTED, value) if isinstance(value, str) else value


def as_line(entry: dict[str, Any]) -> str:
    """A log entry as JSON, redacted whatever was logged; what JSON does not know is a string."""
    return json.dumps(redacted(entry), default=str, separators=(",", ":"), ensure_ascii=False)


logger = Logger(json_serializer=as_line)
tracer = Tracer(patch_modules=("botocore",))  # the only library that calls out; all cost imports


def emit(values: Mapping[Measure, float]) -> None:
    """Writes measures of one service at once, as a line of EMF.

    A count of nothing is left out: it says no more than silence, and a metric costs for every hour
    in which it has a value. Never raises: what is measured has been done, and must not fail or be
    done again for it.
    """
    told = {each: value for each, value in values.items() if value or each.unit != COUNT}
    if not told:
        return
    try:
        [service] = {each.service for each in told}
        namespace = os.environ.get(NAMESPACE_VARIABLE, FAMILY)
        line = EphemeralMetrics(namespace=namespace, service=service)
        for measure, value in told.items():
            line.add_metric(measure.name, measure.unit, value)
        line.flush_metrics()
    except Exception:
        logger.exception("metrics lost", extra={"metrics": [each.name for each in values]})

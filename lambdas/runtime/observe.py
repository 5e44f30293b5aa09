"""Structured logs with the run's id, X-Ray traces and EMF metrics, set up once per function."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import EphemeralMetrics

from lambdas.contracts.metrics import FAMILY, NAMESPACE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdas.contracts.metrics import Measure

logger = Logger()
tracer = Tracer(patch_modules=("botocore",))  # the only library that calls out; all cost imports


def emit(values: Mapping[Measure, float], **dimensions: str) -> None:
    """Writes measures of one service and its further dimensions at once, as a line of EMF.

    Never raises: what is measured has been done, and must not fail or be done again for it.
    """
    try:
        [service] = {each.service for each in values}
        namespace = os.environ.get(NAMESPACE_VARIABLE, FAMILY)
        line = EphemeralMetrics(namespace=namespace, service=service)
        for name, value in dimensions.items():
            line.add_dimension(name, value)
        for measure, number in values.items():
            line.add_metric(measure.name, measure.unit, number)
        line.flush_metrics()
    except Exception:
        logger.exception("metrics lost", extra={"metrics": [each.name for each in values]})

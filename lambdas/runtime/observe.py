"""Structured logs with the run's id, X-Ray traces and EMF metrics, set up once per function."""

from __future__ import annotations

from aws_lambda_powertools import Logger, Metrics, Tracer

NAMESPACE = "SamnsMercado"

logger = Logger()
tracer = Tracer(patch_modules=("botocore",))  # the only library that calls out; all cost imports
metrics = Metrics(namespace=NAMESPACE)

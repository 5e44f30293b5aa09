"""List prices, in one place: of us-east-1 in 2025, on demand, without free tiers.

Other regions differ, mostly upwards and by up to a third. The pages and the dashboard estimate with
them; who needs exact ones asks AWS's Price List, or reads the bill.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """A list price in US dollars for `per` of something; what is kept costs it every month."""

    service: str
    thing: str
    dollars: float
    per: float = 1

    @property
    def each(self) -> float:
        return self.dollars / self.per


PRICES = {
    "requests": Price("API Gateway", "requests to an HTTP API", 1.00, 1e6),
    "invocations": Price("Lambda", "invocations", 0.20, 1e6),
    "gb_seconds": Price("Lambda", "GB-seconds on arm64", 13.3334, 1e6),
    "write_units": Price("DynamoDB", "write units on demand", 0.625, 1e6),
    "read_units": Price("DynamoDB", "read units on demand", 0.125, 1e6),
    "table_gb": Price("DynamoDB", "GB stored", 0.25),
    "puts": Price("S3", "PUT or LIST", 5.00, 1e6),
    "gets": Price("S3", "GET", 0.40, 1e6),
    "lake_gb": Price("S3", "GB stored", 0.023),
    "events": Price("EventBridge", "events of S3", 1.00, 1e6),
    "messages": Price("SQS", "requests", 0.40, 1e6),
    "transitions": Price("Step Functions", "transitions", 25.00, 1e6),
    "log_gb": Price("CloudWatch", "GB of logs taken in", 0.50),
    "traces": Price("X-Ray", "traces", 5.00, 1e6),
    "keys": Price("KMS", "keys", 1.00),
    "alarms": Price("CloudWatch", "alarms", 0.10),
    "metrics": Price("CloudWatch", "metrics of one's own", 0.30),
    "rpu_seconds": Price("Redshift", "RPU-seconds", 0.36, 3600),
}

"""Nobody who was a customer in these tests is in a log; the file's name puts it behind them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")


def people(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """E-mail address and full name of each customer in the operational table."""
    table = pipeline.access.outputs["TableName"]
    pages = pipeline.access.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    for page in pages:
        for item in page["Items"]:
            if item.get("email"):
                name = f"{item['first_name']['S']} {item['last_name']['S']}"
                yield item["email"]["S"], name


def logs(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Each log group with all that it has."""
    client: Any = pipeline.access.client("logs")
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            events = client.get_paginator("filter_log_events").paginate(logGroupName=name)
            yield name, "\n".join(each["message"] for part in events for each in part["events"])


def test_no_log_names_a_customer_or_holds_a_token(pipeline: Pipeline) -> None:
    known = [*people(pipeline)]
    written = dict(logs(pipeline))
    assert any("CheckedOutAt" in log for log in written.values()), "these are the functions' logs"
    found = {
        (group, text)
        for group, log in written.items()
        for person in known
        for text in person
        if text.casefold() in log.casefold()
    }
    assert found == set()
    for log in written.values():
        assert "eyJ" not in log
        assert '"first_name"' not in log

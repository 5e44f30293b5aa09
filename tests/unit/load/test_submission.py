"""A transaction is submitted, found again after a lost answer, and ended with a named error."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from lambdas.lake.errors import RetryableError
from lambdas.load.submission import (
    LoadAbortedError,
    LoadFailedError,
    LoadStillRunsError,
    Warehouse,
    client_token,
)
from tests.unit.load.fake_data_api import RUNNING, FakeDataApi

if TYPE_CHECKING:
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient

NAME, SQLS = "load-run-1-sales", ["SELECT 1"]


def warehouse(api: FakeDataApi, seconds: float = 60) -> Warehouse:
    """One whose clock runs by its own pauses."""
    left = [seconds]

    def sleep(pause: float) -> None:
        left[0] -= pause

    client = cast("RedshiftDataAPIServiceClient", api)
    return Warehouse(client, "wg", "db", seconds_left=lambda: left[0], sleep=sleep)


def test_a_finished_transaction_gives_its_id_and_its_count() -> None:
    api = FakeDataApi(outcomes=[["SUBMITTED", RUNNING, RUNNING, "FINISHED"]], staged=7)
    data = warehouse(api)
    assert data.run(NAME, 0, SQLS) == "0"
    assert data.count("0", 4) == 7


@pytest.mark.parametrize(
    ("status", "error"), [("FAILED", LoadFailedError), ("ABORTED", LoadAbortedError)]
)
def test_an_unhappy_end_is_a_retryable_error_in_the_warehouses_words(
    status: str, error: type[RetryableError]
) -> None:
    with pytest.raises(error, match="ERROR: statement 0") as raised:
        warehouse(FakeDataApi(outcomes=[[RUNNING, status]])).run(NAME, 0, SQLS)
    assert isinstance(raised.value, RetryableError)


def test_waiting_ends_before_the_function_does() -> None:
    api = FakeDataApi(outcomes=[[RUNNING]])
    with pytest.raises(LoadStillRunsError, match="0 is STARTED"):
        warehouse(api, seconds=20).run(NAME, 0, SQLS)


def test_a_retry_waits_for_the_transaction_that_still_runs() -> None:
    api = FakeDataApi(outcomes=[[RUNNING]])
    with pytest.raises(LoadStillRunsError):
        warehouse(api, seconds=1).run(NAME, 0, SQLS)
    api.statements[0].ends = [RUNNING, "FINISHED"]
    assert warehouse(api).run(NAME, 1, SQLS) == "0"
    assert len(api.statements) == 1


def test_after_a_failure_even_the_same_attempt_is_submitted_anew() -> None:
    """A redriven execution counts its retries from 0 again."""
    api = FakeDataApi(outcomes=[[RUNNING, "FAILED"]])
    with pytest.raises(LoadFailedError):
        warehouse(api).run(NAME, 0, SQLS)
    assert warehouse(api).run(NAME, 0, SQLS) == "1"


def test_a_run_of_a_longer_name_is_not_mistaken_for_this_one() -> None:
    api = FakeDataApi(outcomes=[[RUNNING]])
    with pytest.raises(LoadStillRunsError):
        warehouse(api, seconds=1).run(f"{NAME}-2", 0, SQLS)
    assert warehouse(api).run(NAME, 0, SQLS) == "1"


def test_tokens_are_the_same_for_the_same_attempt_only_and_fit_the_api() -> None:
    attempts = [(NAME, 0, 0), (NAME, 1, 0), (NAME, 0, 1), (f"{NAME}-2", 0, 0)]
    tokens = [client_token(*each) for each in attempts]
    assert tokens == [client_token(*each) for each in attempts]
    assert len(set(tokens)) == 4
    assert {len(each) for each in tokens} == {64}

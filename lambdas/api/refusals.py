"""What DynamoDB's refusals mean: load and conditions are ours to answer, all else is an error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError, HTTPClientError

from lambdas.api.errors import ContentionError, StaleStateError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONDITION_FAILED = "ConditionalCheckFailed"
BUSY_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
BUSY = {
    "TransactionConflictException",
    "TransactionInProgressException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "InternalServerError",
    "ServiceUnavailable",
}


@contextmanager
def refusals_named() -> Iterator[None]:
    """Turns DynamoDB's refusals into ours. What is neither a condition nor load stays as it is."""
    try:
        yield
    except HTTPClientError as error:
        raise ContentionError("The table does not answer.") from error
    except ClientError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: ClientError) -> ContentionError | None:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return StaleStateError("The state changed meanwhile.")
    if code == "TransactionCanceledException":
        reasons = cast("dict[str, Any]", error.response).get("CancellationReasons", [])
        codes = [reason["Code"] for reason in reasons]
        failed = frozenset(place for place, code in enumerate(codes) if code == CONDITION_FAILED)
        if failed:
            return StaleStateError("The state changed meanwhile.", failed)
        busy = set(codes) - {"None"}
        return ContentionError("The table is busy.") if busy and busy <= BUSY_REASONS else None
    return ContentionError("The table is busy.") if code in BUSY else None

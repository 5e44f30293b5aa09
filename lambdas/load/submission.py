"""One transaction handed to the Data API and seen to its end.

    submit -> the answer is lost  -> the client asks again with the same token: one statement
    submit -> the function dies   -> a retry finds it by name: if it runs, waits for that one;
                                     if it has ended, however, submits again

Submitting again does no harm: the load is idempotent, and nothing but the warehouse itself could
say that its tables are still the ones that were loaded. A token that was used is answered with
the statement that it made, a failed one too, so the number of ended ones is part of the token.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.lake.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient
    from mypy_boto3_redshift_data.type_defs import StatementDataTypeDef

FINISHED, FAILED, ABORTED = "FINISHED", "FAILED", "ABORTED"
ENDED = {FINISHED, FAILED, ABORTED}
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
BACKOFF = 1.5


class LoadFailedError(RetryableError):
    """The warehouse refused or failed the transaction; the message is its own."""


class LoadAbortedError(RetryableError):
    """Somebody cancelled the transaction, or the warehouse stopped it."""


class LoadStillRunsError(RetryableError):
    """The function's time is over; the transaction goes on, and a retry waits for it."""


@dataclass(frozen=True)
class Warehouse:
    """The Data API's client, bound to one database; `seconds_left` is what may be waited."""

    client: RedshiftDataAPIServiceClient
    workgroup: str
    database: str
    seconds_left: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep

    def run(self, name: str, retry: int, sqls: Sequence[str]) -> str:
        """Runs the batch as one transaction and returns its statement id.

        Raises LoadFailedError, LoadAbortedError or LoadStillRunsError; all may be retried.
        """
        earlier = list(self._known_as(name))
        running = [each for each in earlier if each.get("Status") not in ENDED]
        if running:
            statement_id = running[0]["Id"]
        else:
            statement_id = self._submit(name, client_token(name, retry, len(earlier)), sqls)
        self._wait(statement_id)
        return statement_id

    def count(self, statement_id: str, number: int) -> int:
        """The integer that statement `number` (from 1) of a finished batch returned."""
        answer = self.client.get_statement_result(Id=f"{statement_id}:{number}")
        return answer["Records"][0][0]["longValue"]

    def _known_as(self, name: str) -> Iterator[StatementDataTypeDef]:
        """Statements of exactly this name, newest first; the API matches prefixes."""
        pages = self.client.get_paginator("list_statements").paginate(
            StatementName=name, Status="ALL"
        )
        for page in pages:
            for each in page["Statements"]:
                if each.get("StatementName") == name:
                    yield each

    def _submit(self, name: str, token: str, sqls: Sequence[str]) -> str:
        submitted = self.client.batch_execute_statement(
            Sqls=sqls,
            WorkgroupName=self.workgroup,
            Database=self.database,
            StatementName=name,
            ClientToken=token,
        )
        return submitted["Id"]

    def _wait(self, statement_id: str) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            answer = self.client.describe_statement(Id=statement_id)
            status = answer["Status"]
            if status == FINISHED:
                return
            if status == FAILED:
                raise LoadFailedError(f"{statement_id}: {answer.get('Error', 'no reason given')}")
            if status == ABORTED:
                raise LoadAbortedError(f"{statement_id}: {answer.get('Error', 'no reason given')}")
            if self.seconds_left() < pause:
                raise LoadStillRunsError(f"{statement_id} is {status}")
            self.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * BACKOFF)


def client_token(name: str, retry: int, ended: int) -> str:
    """The same for the same attempt, whoever makes it: 64 hexadecimal digits, the API's limit."""
    return hashlib.sha256(f"{name}\0{retry}\0{ended}".encode()).hexdigest()

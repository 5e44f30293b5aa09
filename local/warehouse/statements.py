"""Statements from submission to result: the registry that the API asks, and who runs them.

A submission runs in a thread and a session of its own, in one transaction. Statements are run in
order; the first that fails takes the whole submission back.
"""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from local.warehouse import copying, results
from local.warehouse.dialect import translate
from local.warehouse.errors import WarehouseError
from local.warehouse.postgres import redshift_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from mypy_boto3_s3 import S3Client

    from local.warehouse.postgres import Postgres
    from local.warehouse.results import ResultSet

SUBMITTED, STARTED, FINISHED = "SUBMITTED", "STARTED", "FINISHED"
FAILED, ABORTED = "FAILED", "ABORTED"
ENDED = {FINISHED, FAILED, ABORTED}
WORKERS = 16


@dataclass
class Step:
    """One SQL string of a submission; `rows` returned or affected, -1 while unknown."""

    sql: str
    status: str = SUBMITTED
    error: str | None = None
    rows: int = -1
    result: ResultSet | None = None
    duration_ns: int = 0


@dataclass
class Submission:
    """What one ExecuteStatement or BatchExecuteStatement asked for, and how far it is."""

    steps: list[Step]
    database: str
    workgroup: str
    name: str = ""
    is_batch: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = SUBMITTED
    error: str | None = None
    created_at: float = field(default_factory=time.time)
    updated_at: float = field(default_factory=time.time)
    duration_ns: int = 0
    pid: int = 0
    cancelled: bool = False
    connection: psycopg.Connection | None = None


class Faults:
    """Failures to order, so that crash tests need nothing in the product: kind -> times left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], int] = {}

    def order(self, kind: str, subject: str, times: int) -> None:
        with self._lock:
            self._left[(kind, subject)] = times

    def strike(self, kind: str, subject: str) -> bool:
        with self._lock:
            left = self._left.get((kind, subject), 0)
            self._left[(kind, subject)] = max(0, left - 1)
            return left > 0


class Statements:
    """Runs submissions and remembers them, in the order of their arrival."""

    def __init__(self, postgres: Postgres, s3: S3Client) -> None:
        self.faults = Faults()
        self._postgres = postgres
        self._s3 = s3
        self._lock = threading.Lock()
        self._submissions: dict[str, Submission] = {}
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="statement")

    def submit(self, submission: Submission) -> None:
        with self._lock:
            self._submissions[submission.id] = submission
        running = self._workers.submit(self._run, submission)
        running.add_done_callback(lambda done: _note_crash(submission, done))

    def find(self, statement_id: str) -> Submission | None:
        return self._submissions.get(statement_id)

    def newest_first(self) -> list[Submission]:
        with self._lock:
            return list(reversed(self._submissions.values()))

    def cancel(self, submission: Submission) -> bool:
        """False if it had ended before."""
        if submission.status in ENDED:
            return False
        submission.cancelled = True
        connection = submission.connection
        if connection is not None:
            connection.cancel_safe()
        return True

    def close(self) -> None:
        for submission in self.newest_first():
            self.cancel(submission)
        self._workers.shutdown(cancel_futures=True)

    def _run(self, submission: Submission) -> None:
        started = time.monotonic_ns()
        _move(submission, STARTED)
        try:
            with self._postgres.connect(submission.database) as connection:
                submission.connection = connection
                submission.pid = connection.info.backend_pid
                for step in submission.steps:
                    self._run_step(connection, submission, step)
                _raise_if_cancelled(submission)
        except (WarehouseError, psycopg.Error) as error:
            submission.error = _message(error)
            for step in submission.steps:
                step.status = step.status if step.status in ENDED else ABORTED
            ending = ABORTED if submission.cancelled else FAILED
        else:
            ending = FINISHED
        finally:
            submission.connection = None
            submission.duration_ns = time.monotonic_ns() - started
        _move(submission, ending)

    def _run_step(self, connection: psycopg.Connection, submission: Submission, step: Step) -> None:
        started = time.monotonic_ns()
        step.status = STARTED
        try:
            self._execute(connection, submission, step)
        except (WarehouseError, psycopg.Error) as error:
            step.error = _message(error)
            step.status = ABORTED if submission.cancelled else FAILED
            raise
        finally:
            step.duration_ns = time.monotonic_ns() - started
        step.status = FINISHED

    def _execute(self, connection: psycopg.Connection, submission: Submission, step: Step) -> None:
        translated = translate(step.sql, submission.parameters, in_batch=submission.is_batch)
        _raise_if_cancelled(submission)  # last: PostgreSQL forgets a cancellation that comes early
        if translated.copy:
            step.rows = copying.copy(connection, self._s3, translated.copy)
        else:
            cursor = connection.execute(translated.sql)
            step.result = results.read(cursor)
            step.rows = cursor.rowcount
        if self.faults.strike("fail_after", translated.verb):
            raise WarehouseError(f"ERROR: failure ordered after {translated.verb}")


def _raise_if_cancelled(submission: Submission) -> None:
    if submission.cancelled:
        raise WarehouseError("Query cancelled on user's request")


def _move(submission: Submission, status: str) -> None:
    submission.updated_at = time.time()
    submission.status = status


def _note_crash(submission: Submission, done: Future[None]) -> None:
    """A fault of the stand-in itself fails the statement, visibly, rather than hang it."""
    if done.cancelled():
        _move(submission, ABORTED)
    elif done.exception() is not None:
        submission.error = f"ERROR: the stand-in failed: {done.exception()!r}"
        _move(submission, FAILED)


def _message(error: WarehouseError | psycopg.Error) -> str:
    return error.message if isinstance(error, WarehouseError) else redshift_message(error)

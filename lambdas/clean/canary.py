"""Whether the engine works at all: asked before an object is blamed for the function's end.

Were the function broken itself (a bad build, too little memory), every object would seem deadly.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from lambdas.clean.captured.transform import clean
from lambdas.engine import connect

RECORD = {
    "eventName": "INSERT",
    "dynamodb": {
        "NewImage": {
            "PK": {"S": "CUSTOMER#1"},
            "SK": {"S": "CUSTOMER"},
            "entity": {"S": "customer"},
            "rev": {"N": "1"},
            "customer_id": {"N": "1"},
            "first_name": {"S": "Ada"},
            "last_name": {"S": "Lovelace"},
            "email": {"S": "ada@example.org"},
            "joined_at": {"S": "2026-03-17T10:00:00.123456Z"},
        }
    },
}
"""A record that everyone accepts."""


class BrokenEngineError(Exception):
    """A good record is not accepted: the fault is the function's own, and the run has to fail."""


def prove_engine() -> None:
    """Cleans one good record. Raises BrokenEngineError, or ends as everything does here."""
    with TemporaryDirectory() as folder, connect(Path(folder)) as connection:
        counts = clean(connection, json.dumps(RECORD).encode(), Path(folder)).counts
    if counts.accepted != 1:
        raise BrokenEngineError(f"a good record counts as {counts}")

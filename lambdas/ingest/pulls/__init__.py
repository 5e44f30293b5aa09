"""Pull files, `sources/pulls/<name>.yaml`: what is fetched from where, when, and into what."""

from lambdas.ingest.pulls.load import FOLDER, PullFileError, file_of, load, load_named
from lambdas.ingest.pulls.model import Pull
from lambdas.ingest.pulls.postgres import Postgres, Table

__all__ = [
    "FOLDER",
    "Postgres",
    "Pull",
    "PullFileError",
    "Table",
    "file_of",
    "load",
    "load_named",
]

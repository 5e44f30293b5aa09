"""From an object's bytes to its rows, whatever file they are: knows nothing of what rows mean."""

from lambdas.clean.formats.model import EACH, Format, Hints, Position, Row
from lambdas.clean.formats.table import Table, open_rows

__all__ = ["EACH", "Format", "Hints", "Position", "Row", "Table", "open_rows"]

"""Sources that are not the API's: one mapping file says what a shop's fields mean."""

from lambdas.clean.mapping.drift import Drift, drift, single, wanted
from lambdas.clean.mapping.errors import MappingError
from lambdas.clean.mapping.load import Mappings, load
from lambdas.clean.mapping.model import SourceMapping
from lambdas.clean.mapping.names import Columns
from lambdas.clean.mapping.staged import staged
from lambdas.clean.mapping.statements import entities, ignored_sql, mapped_sql, parsers

__all__ = [
    "Columns",
    "Drift",
    "MappingError",
    "Mappings",
    "SourceMapping",
    "drift",
    "entities",
    "ignored_sql",
    "load",
    "mapped_sql",
    "parsers",
    "single",
    "staged",
    "wanted",
]

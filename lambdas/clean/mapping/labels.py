"""What an object's folders say of its records: `year=2025/month=03/`, as Hive and Spark file them.

Such files often lack the columns that their folders name.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lambdas.clean.mapping.names import normal
from lambdas.engine import literal, statement

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = re.compile(r"(?<![^/])([^/=]+)=([^/]*)/")
NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""How Hive files what has no value."""


def labels(key: str) -> dict[str, str]:
    """The columns that the folders of a key or path name, each with its text."""
    named = ((unquote(name), unquote(text)) for name, text in FOLDER.findall(key))
    return {name: text for name, text in named if text not in {"", NOTHING}}


def asked_for(given: Mapping[str, str], wanted: frozenset[str]) -> dict[str, str]:
    """Those of the labels that are `wanted`, by their spellings: folders never are new columns."""
    return {name: text for name, text in given.items() if normal(name) in wanted}


def column_of(label: str) -> str:
    """A column beside the record's own of that name, and the same to a mapping: spaces are."""
    return f"{label} "


def labelled(given: Mapping[str, str]) -> str:
    """SQL that gives the labels to each record of an object, in columns of their own."""
    columns = {column_of(name): text for name, text in given.items()}
    return statement("clean/labelled", labels=literal(json.dumps(columns))) if given else ""

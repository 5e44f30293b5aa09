"""Closed lists that users meet, as tables: settings, the API's problems, quarantine's reasons."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from local.docs.tables import code, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lambdas.api.errors import MarketError
    from lambdas.api.problems import Problem
    from lambdas.clean.reasons import Reason

SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z`])")
SUBJECT = re.compile(r"`(\w+)`")


def settings(kind: type[Any], bounds: Mapping[str, tuple[int, int]]) -> str:
    """Each setting with the docstring's sentence that begins with its name; then the others."""
    _, _, explained = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")
    said: dict[str, list[str]] = {each.name: [] for each in fields(kind)}
    general: list[str] = []
    for sentence in SENTENCE_END.split(" ".join(explained.split())):
        subject = SUBJECT.match(sentence)
        about = said.get(subject[1], general) if subject else general
        about.append(sentence)
    rows = [
        (
            code(each.name),
            _shown(each.default),
            _bounds(each, bounds),
            " ".join(said[each.name]),
        )
        for each in fields(kind)
    ]
    return f"{table(('setting', 'default', 'bounds', 'meaning'), rows)}\n\n{' '.join(general)}"


def problems(every: Mapping[type[MarketError], Problem]) -> str:
    """What the API refuses; an error's docstring says when."""
    rows = (
        (problem.status.value, code(problem.slug), (inspect.getdoc(error) or "").partition("\n")[0])
        for error, problem in sorted(every.items(), key=lambda each: each[1].status)
    )
    return table(("status", "type", "when"), rows)


def reasons(every: Iterable[Reason]) -> str:
    """The closed list; `{limit}` and `{field}` are filled in for each record."""
    filled = {"field": "*the field*", "limit": "*its limit*"}
    rows = ((code(each.code), each.sentence.format(**filled)) for each in every)
    return table(("code", "sentence"), rows)


def _shown(default: object) -> str:
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return code(text) if text else ""


def _bounds(field: Any, bounds: Mapping[str, tuple[int, int]]) -> str:
    if field.name not in bounds:
        return ""
    least, most = bounds[field.name]
    return f"{least:,} to {most:,}"

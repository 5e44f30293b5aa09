"""What a mapping may say, from its model; and what its parsers make of texts, by asking them."""

from __future__ import annotations

import inspect
from datetime import timedelta
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import duckdb

from lambdas.clean.mail.bounds import (
    MAX_BYTES,
    MAX_ELEMENTS,
    MAX_FIELD,
    MAX_FORWARDED_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_LEVELS,
    MAX_LINES,
    MAX_NESTING,
    MAX_PARTS,
    MAX_TEXT,
    MAX_VALUE,
    MAX_VISITS,
)
from lambdas.clean.mapping import parsers
from lambdas.clean.mapping.expressions import FUNCTIONS
from lambdas.clean.mapping.mail import Attached, Find, Lines, MailMapping, Template, When
from lambdas.clean.mapping.model import (
    EntityMapping,
    FieldMapping,
    FileHints,
    Ordering,
    Reading,
    SourceMapping,
)
from lambdas.clean.mapping.readings import of_type
from lambdas.contracts import ColumnType
from local.docs.tables import code, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from lambdas.clean.mapping.strict import Strict

MODELS: dict[str, type[Strict]] = {
    "The file": SourceMapping,
    "An entity": EntityMapping,
    "A column": FieldMapping,
    "How texts are read": Reading,
    "What orders states": Ordering,
    "What the files are like": FileHints,
}
MAILS: dict[str, type[Strict]] = {
    "Mails": MailMapping,
    "A template": Template,
    "Which mails": When,
    "A field": Find,
    "Lines": Lines,
    "Attachments": Attached,
}
KINDS = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    tuple: "one or a list",
    dict: "by name",
    timedelta: "a time or a number",
}

Example = tuple[ColumnType, dict[str, Any], tuple[str, ...]]
GERMAN = {"dates": ("%d.%m.%Y %H:%M", "%d.%m.%Y"), "timezone": "Europe/Berlin"}
EXAMPLES: tuple[Example, ...] = (
    (
        ColumnType.MONEY,
        {},
        ("$1,234.50", "1.234,50 €", "(12.00)", "12,00-", "1e3", "1,234", "1.5x"),
    ),
    (ColumnType.MONEY, {"decimal": ","}, ("1.234", "1,5", "12.50")),
    (ColumnType.MONEY, {"currency": ("EUR", "€")}, ("5 €", "$5")),
    (ColumnType.INTEGER, {}, ("1 234 567", "12.0", "007", "5 pcs")),
    (
        ColumnType.TIMESTAMP,
        {},
        ("2026-03-17", "2026-03-17 10:00+02:00", "20260317T240000Z", "2026-02-29"),
    ),
    (
        ColumnType.TIMESTAMP,
        GERMAN,
        ("17.03.2026 09:30", "17.3.2026", "29.03.2026 02:30", "25.10.2026 02:30", "17.03.26"),
    ),
    (ColumnType.TIMESTAMP, {"dates": ("epoch",)}, ("1773739000", "1773739000123")),
    (ColumnType.BOOLEAN, {}, ("Yes", "0", "ja")),
)


def reference() -> str:
    """A table for each part of a mapping."""
    return described(MODELS)


def mails() -> str:
    """The same of what it says of mails."""
    return described(MAILS)


def bounds() -> str:
    """What a mail may have."""
    rows = (
        ("bytes, unpacked", MAX_BYTES),
        ("bytes of forwarded mails that are records, each with those in it", MAX_FORWARDED_BYTES),
        ("parts", MAX_PARTS),
        ("levels of multiparts and mails in one another", MAX_LEVELS),
        ("headers of a part", MAX_HEADERS),
        ("bytes of these", MAX_HEADER_BYTES),
        ("bytes of a header that is read", MAX_VALUE),
        ("characters of plain text, and of HTML", MAX_TEXT),
        ("elements of HTML", MAX_ELEMENTS),
        ("elements of HTML in one another", MAX_NESTING),
        ("elements that selectors look at, one by one", MAX_VISITS),
        ("lines of an order", MAX_LINES),
        ("characters of a field", MAX_FIELD),
    )
    return table(("what", "at most"), ((what, f"{most:,}") for what, most in rows))


def described(models: Mapping[str, type[BaseModel]]) -> str:
    """A table for each model of a declared file, under its title."""
    return "\n\n".join(
        f"### {title}\n\n{_purpose(model)}\n\n"
        + table(("setting", "what", "meaning"), _settings(model))
        for title, model in models.items()
    )


def examples() -> str:
    """Texts, as the parsers read them now."""
    with duckdb.connect() as engine:
        engine.execute(parsers())
        rows = [row for example in EXAMPLES for row in _read(engine, *example)]
    return table(("type", "settings", "text", "is read as"), rows)


def functions() -> str:
    return ", ".join(map(code, sorted(FUNCTIONS)))


def _purpose(model: type[BaseModel]) -> str:
    return " ".join(inspect.cleandoc(model.__doc__ or "").split())


def _settings(model: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    inherited = set() if model is Reading else set(Reading.model_fields)
    for name, field in model.model_fields.items():
        if field.exclude or (issubclass(model, Reading) and name in inherited):
            continue
        yield code(field.alias or name), _kind(field), field.description or ""
    if model is FieldMapping:
        yield "…", "", "and all of [how texts are read](#how-texts-are-read)"


def _kind(field: FieldInfo) -> str:
    kind = _bare(field.annotation)
    if get_origin(kind) is Literal:
        return " or ".join(map(code, get_args(kind)))
    if kind is FieldMapping:
        return "a column's names, or more of it"
    return KINDS.get(get_origin(kind) or kind, "a group")


def _bare(annotation: Any) -> Any:
    """Without what pydantic is told besides, and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        return next(_bare(each) for each in get_args(annotation) if each is not type(None))
    return annotation


def _read(
    engine: duckdb.DuckDBPyConnection,
    kind: ColumnType,
    settings: dict[str, Any],
    texts: tuple[str, ...],
) -> Iterator[tuple[str, ...]]:
    sql = of_type(kind, Reading(**settings), {}).sql.format("written")
    said = ", ".join(f"{name}: {_shown(value)}" for name, value in settings.items())
    for text in texts:
        read = engine.execute(f"select {sql} from (select ? as written)", [text]).fetchone()  # noqa: S608  # our own
        found = read[0] if read else None
        yield kind.name.lower(), code(said) if said else "", code(text), _told(found)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]" if len(value) > 1 else str(value[0])
    return f'"{value}"' if value == "," else str(value)


def _told(found: str | None) -> str:
    return "*refused*" if found is None else code(found)

"""What a mapping file may say.

The contract says what a column is; a mapping, where a shop has it and how the shop spells it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lambdas.clean.formats import Hints
from lambdas.clean.mapping.mail import MailMapping
from lambdas.clean.mapping.strict import Name, Strict

ABSENT = ("n/a", "#n/a", "null", "\\N")
"""Words for "nothing is known", beside the empty text."""

TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
ISO = ("iso",)


def _listed(value: Any) -> Any:
    """One name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _field(value: Any) -> Any:
    """A name, or a list of names, stands for a field that is read from there."""
    return {"from": value} if isinstance(value, str | list) else value


Texts = Annotated[
    tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])
]
Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(_listed, json_schema_input_type=Name | tuple[Name, ...]),
    Field(min_length=1),
]


Mails = MailMapping | None
"""Of a source whose objects are mails."""


class Reading(Strict):
    """For the whole mapping, or for a field where it differs."""

    absent: Texts | None = Field(
        default=None,
        description="Words that mean nothing is known, in any case of letters; the empty text "
        f"always does. Without this: {', '.join(ABSENT)}.",
    )
    decimal: Literal[".", ",", "auto"] | None = Field(
        default=None,
        description="The decimal mark. `auto`, as without this, takes either, and refuses what "
        "could be both: `1,234`.",
    )
    currency: Names | None = Field(
        default=None,
        description="The currency's signs and codes, `[EUR, €]`: an amount in another is refused. "
        "Without this any sign or common code is taken, and not kept.",
    )
    dates: Names | None = Field(
        default=None,
        description="Formats, tried in order: `iso`, `epoch_s`, `epoch_ms`, `epoch` (seconds, "
        "milliseconds or microseconds by size), or as strptime has them, `%d.%m.%Y %H:%M`. "
        "Without this: `iso`.",
    )
    timezone: str | None = Field(
        default=None,
        description="IANA name of the zone of times that say none: `Europe/Berlin`. Without this: "
        "UTC. A date without a time stays that day.",
    )


class FieldMapping(Reading):
    """One column: where it comes from, and how it is spelt. A name alone stands for `from`."""

    from_: Names | None = Field(
        default=None,
        alias="from",
        description="The field's names; the first that has a value counts.",
    )
    parts: tuple[Names, ...] | None = Field(
        default=None,
        min_length=1,
        description="Of an id whose natural key has several fields: each one's names. Of `line_no` "
        "where a shop numbers no lines: what tells a line from the others of its order.",
    )
    sql: Name | None = Field(
        default=None,
        description="An expression over the record's fields, as texts, and over the entity's "
        "columns that are read, in their types: `parsed.qty * parsed.unit_price`.",
    )
    value: str | None = Field(default=None, description="The same text for every record.")
    default: str | None = Field(
        default=None, description="The text that stands for one that is absent."
    )
    as_: Literal["text", "own"] | None = Field(
        default=None,
        alias="as",
        description="`own`: the field already is this marketplace's id, not a natural key. "
        "`text`: a text, though the column is an id.",
    )
    words: dict[str, Names] | None = Field(
        default=None,
        description="Synonyms: what is written, and the shop's words for it, in any case. A text "
        "that is none of them stays as it is, for the contract to judge.",
    )
    ignore_case: bool = Field(default=False, description="Of an id: `AB-1` and `ab-1` are one key.")


Mapped = Annotated[
    FieldMapping,
    BeforeValidator(_field, json_schema_input_type=Name | tuple[Name, ...] | FieldMapping),
]


class Ordering(Strict):
    """Never a clock of ours or the order of arrival."""

    time: Mapped | None = Field(default=None, description="When the record's state came to be.")
    sequence: Mapped | None = Field(
        default=None, description="A whole number from 0 that orders states of one time."
    )


class EntityMapping(Strict):
    """What a record says of one entity."""

    columns: dict[Name, Mapped] = Field(description="By column of the entity's contract.")
    each: Name | None = Field(
        default=None,
        description="A list in the record: the entity has a row for each of its members, whose "
        "fields are under its name, `lines.sku`, and whose place is `parsed.position`, from 1.",
    )
    when: Name | None = Field(
        default=None,
        description="SQL over the record's fields: only such records have this entity.",
    )
    deleted: Name | None = Field(
        default=None, description="SQL over the record's fields: it is deleted."
    )
    version: Ordering | None = Field(
        default=None, description="Where it differs from the mapping's."
    )


class FileHints(Strict):
    """Hints: a file's bytes count more, and these decide what they leave open."""

    delimiter: str = Field(default="", description="Between the fields: `;`")
    encoding: str = Field(default="", description="Of text that is not UTF-8: `cp1252`")
    quote: str = Field(default='"', description="Around a field; empty if nothing is.")
    header: bool | None = Field(
        default=None, description="Whether the first row names the columns."
    )
    columns: tuple[Name, ...] = Field(
        default=(), description="Their names, where there is no header or a useless one."
    )
    records: str = Field(default="", description="Path of the records in JSON: `data.orders`")

    def hints(self) -> Hints:
        """Raises ValueError for what no file can be like."""
        path = tuple(filter(None, self.records.split(".")))
        return Hints(
            self.encoding, self.delimiter, self.quote, self.header, self.columns, record_path=path
        )


class SourceMapping(Strict):
    """One source: where its objects arrive, and what their records say."""

    name: str = Field(exclude=True, description="The file's name.")
    description: str = Field(default="", description="Whose data it is, for people.")
    arrives: str = Field(
        default="", description="Prefix of its objects. Without this: `raw/<name>/`."
    )
    namespace: str = Field(
        default="",
        description="Natural keys are one source's own; files of one shop share a namespace. "
        "Without this: the name.",
    )
    format: FileHints = Field(default=FileHints(), description="Hints to read the files by.")
    mail: Mails = Field(default=None, description="Its objects are e-mails, and how they are read.")
    drift: Literal["strict", "evolve", "permissive"] = Field(
        default="evolve",
        description="What happens when an object's columns are not the mapping's. `strict`: the "
        "object is refused whole; `evolve`: new columns are left out and told, and an object "
        "without a column that is needed is refused; `permissive`: no object is refused, records "
        "that lack what is needed are.",
    )
    unused: Texts = Field(
        default=(), description="Columns that are known and not needed, so not told as new."
    )
    reading: Reading = Field(
        default=Reading(), description="How texts are read, unless a field differs."
    )
    ignore: Name | None = Field(
        default=None,
        description="SQL over the record's fields: such records are counted, and left out.",
    )
    version: Ordering = Field(
        default=Ordering(), description="Of every entity that has none itself."
    )
    entities: dict[Name, EntityMapping] = Field(min_length=1, description="By entity.")

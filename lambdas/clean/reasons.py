"""Why a record is quarantined: the closed list of reason codes, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """A reason's code, for counting, and its sentence, for the person who has to mend the source.

    In a sentence, `{field}` is the field in question and `{limit}` what the contract says of it.
    """

    MALFORMED_JSON = "malformed_json", "the line is not one JSON object"
    NOT_UTF8 = "not_utf8", "the line holds text that is not Unicode (as UTF-8)"
    UNDECODABLE = "undecodable", "the record is not text in the encoding of its file, {field}"
    UNKNOWN_ENCODING = "unknown_encoding", "the encoding of the text cannot be told for certain"
    UNKNOWN_FORMAT = "unknown_format", "the object is in no format that is known here"
    UNKNOWN_SOURCE = "unknown_source", "there is no mapping for where {field} arrived"
    BAD_MAPPING = "bad_mapping", "the mapping for where the object arrived cannot be used"
    UNREADABLE_OBJECT = "unreadable_object", "the object cannot be read"
    UNPROCESSABLE_OBJECT = "unprocessable_object", "the engine cannot process the object"
    DEADLY_OBJECT = "deadly_object", "cleaning the object, alone, ended the function {limit} times"
    UNPROCESSABLE_RECORD = "unprocessable_record", "the engine cannot process the record"
    TRUNCATED = "truncated", "the object is damaged from here on"
    INFLATED = (
        "inflated",
        "the object unpacks to more than {limit} times its size; this is the rest",
    )
    TOO_LARGE = "too_large", "the object unpacks to more than {limit} bytes; this is the rest"
    DRIFTED = "drifted", "the object's columns are not those of its mapping: {limit}"
    LINE_TOO_LONG = "line_too_long", "the line is longer than {limit} bytes"
    RAGGED_ROW = "ragged_row", "the row has {field} fields where there should be {limit}"
    OPEN_QUOTE = "open_quote", "the row opens a quote that is not closed"
    BAD_QUOTE = "bad_quote", "the row has a quote within a field, or text after one"
    REPEATED_COLUMN = "repeated_column", "the header names {field} more than once"
    REPEATED_NAME = "repeated_name", "the record has the name {field} more than once"
    NO_RECORDS = "no_records", "the object holds nothing at {field}, where its records should be"
    UNKNOWN_ENTITY = "unknown_entity", "{field} is not an entity that is known here"
    MISSING_FIELD = "missing_field", "{field} is missing, or not of the type that holds it"
    BAD_TYPE = "bad_type", "{field} is not {limit}"
    OUT_OF_RANGE = "out_of_range", "{field} is outside of {limit}"
    NOT_ALLOWED = "not_allowed", "{field} is none of {limit}"
    TOO_LONG = "too_long", "{field} is longer than {limit} bytes of UTF-8"
    NUL_CHARACTER = "nul_character", "{field} holds a NUL character, which no warehouse stores"
    BAD_VERSION = "bad_version", "rev is not a whole number from 1"
    BAD_ORDER = (
        "bad_order",
        "the sequence that orders the record's states is no whole number of up to 15 digits",
    )
    BAD_LINES = "bad_lines", "lines is not a list, or does not fit lines_ever"
    REPEATED_LINE = "repeated_line", "two lines have the same {field}"
    NO_MAIL = "no_mail", "the object is no e-mail that can be read: {limit}"
    MAIL_BEYOND_BOUNDS = "mail_beyond_bounds", "the mail has more than {limit}"
    BAD_MAIL_HEADER = "bad_mail_header", "the mail's header {field} {limit}"
    MAIL_UNDECODABLE = "mail_undecodable", "{field} of the mail is not text in {limit}"
    MISSING_IN_MAIL = (
        "missing_in_mail",
        "the mail is one for the template {limit}, which finds no {field} in it",
    )
    TOTAL_MISMATCH = "total_mismatch", "{field} does not hold"
    INCONSISTENT = "inconsistent", "{field} does not hold"

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence

    def of(self, field: str = "", limit: object = "") -> Rejection:
        return Rejection(self, self.sentence.format(field=field, limit=limit))


@dataclass(frozen=True)
class Rejection:
    """Why one record is quarantined; `message` names the field."""

    reason: Reason
    message: str

    def at(self, where: str) -> Rejection:
        return Rejection(self.reason, f"{where}: {self.message}")

    def because(self, detail: object) -> Rejection:
        return Rejection(self.reason, f"{self.message}: {detail}")


REASONS = {reason.code: reason for reason in Reason}


class RejectedError(Exception):
    """A record cannot be taken in; its neighbours can."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.message)
        self.rejection = rejection


WHOLE_OBJECT = 0
"""The row of a rejection that concerns the object as a whole; rows of lines count from 1."""

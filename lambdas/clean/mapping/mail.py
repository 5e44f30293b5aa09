"""What a mapping says of mails: which ones are orders, and where in these the fields are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lambdas.clean.mapping.strict import Name, Strict


def _select(value: Any) -> Any:
    """A text alone is where the field is found."""
    return {"at": value} if isinstance(value, str) else value


class When(Strict):
    """All that is said has to be so. Patterns are found anywhere, and in any case of letters."""

    from_: Name | None = Field(
        default=None,
        alias="from",
        description="Pattern of the sender's address: `@shop\\.example$`",
    )
    subject: Name | None = Field(default=None, description="Pattern of the subject.")


class Find(Strict):
    """Where one field is. A text alone stands for `at`."""

    at: Name | None = Field(
        default=None,
        description="In HTML a CSS selector, whose first element's text it is; in text a pattern, "
        "whose first group it is, or all that it matches. Within `lines` without this: the line's "
        "element itself.",
    )
    attribute: Name | None = Field(
        default=None, description="In HTML: of an attribute, not of the text."
    )
    pattern: Name | None = Field(
        default=None,
        description="A part of what was found: the pattern's first group, or all that it matches.",
    )
    of: Literal["body", "subject"] = Field(
        default="body", description="`subject`: by `pattern` in the mail's subject."
    )
    optional: bool = Field(
        default=False, description="A mail may be without it; else it is refused then."
    )
    once: bool = Field(
        default=False,
        description="A mail in which it says another thing at another place is refused, as one "
        "that tells of two orders; not for what is within `lines`.",
    )


Found = Annotated[Find, BeforeValidator(_select, json_schema_input_type=Name | Find)]


class Lines(Strict):
    """What repeats, an order's lines; a mail without any is refused."""

    each: Name = Field(
        description="In HTML a selector, each of whose elements is a line; in text a pattern, each "
        "of whose matches is one, its named groups the line's fields: `(?P<sku>\\S+) x "
        "(?P<qty>\\d+)`"
    )
    fields: dict[Name, Found] = Field(
        default_factory=dict, description="In HTML: by name, within the line's element."
    )

    count: Found | None = Field(
        default=None,
        description="Where the mail says how many there are; one with more or fewer is refused.",
    )


class Template(Strict):
    """How one kind of mail is read. The first one counts whose `when` the mail is."""

    name: Name = Field(description="For people: refusals name it, and `mail.template` has it.")
    when: When = Field(default=When(), description="Which mails it is for.")
    reads: Literal["html", "text"] = Field(
        description="Which part of a mail; it is not for mails that have no such part."
    )
    forwarded: bool = Field(
        default=False,
        description="It is for mails that are attached to others, as forwarding makes them, in "
        "place of these.",
    )
    fields: dict[Name, Found] = Field(default_factory=dict, description="By name.")
    lines: Lines | None = Field(
        default=None, description="They are the list `lines`, for `each: lines` of an entity."
    )


class Attached(Strict):
    """Attachments that are files of a source of their own."""

    when: When = Field(default=When(), description="Of which mails.")
    names: Name = Field(description="Pattern of the files' names: `\\.csv$`")
    into: Name = Field(
        description="The mapping that reads them: each is put where this one's objects arrive."
    )


class MailMapping(Strict):
    """Its objects are e-mails, one each."""

    templates: tuple[Template, ...] = Field(
        min_length=1, description="In order; a mail that is for none of them is ignored."
    )
    attachments: tuple[Attached, ...] = Field(
        default=(), description="In order; others stay in the mail alone, and are counted."
    )

"""What a mail says, ready for templates: its fields, its texts, and what is attached."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from lambdas.clean.mail.bounds import MAX_TEXT, held
from lambdas.clean.mail.charsets import decoded
from lambdas.clean.mail.headers import bad
from lambdas.clean.mail.html import parse
from lambdas.clean.mail.plain import SPACES, UNSEEN, one_kind_of_end, unwrapped
from lambdas.clean.mail.structure import HTML, PLAIN

if TYPE_CHECKING:
    from lambdas.clean.mail.html import Document
    from lambdas.clean.mail.structure import Message, Part

FIELDS = ("message_id", "from", "from_name", "to", "subject", "date", "template")
"""Of a mail, beside what its template finds: under `mail.` in a mapping."""

OPAQUE = {
    *("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"),
    *("application/ms-tnef", "application/vnd.ms-tnef"),
}
KINDS = {"html": HTML, "text": PLAIN}


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail. `name` is its sender's word, and may be empty."""

    name: str
    type: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Mail:
    """One message. Everything is read once it is asked for, and raises RejectedError then."""

    def __init__(self, message: Message) -> None:
        self._message = message

    @cached_property
    def sender(self) -> str:
        """The one address that it is from."""
        return self._from[1]

    @cached_property
    def subject(self) -> str:
        return self._message.headers.text("subject") or ""

    @cached_property
    def text(self) -> str:
        """All of its plain text."""
        return self._texts(PLAIN)

    @cached_property
    def html(self) -> Document:
        return parse(self._texts(HTML))

    def has(self, kind: Literal["html", "text"]) -> bool:
        """Whether it has such a text at all."""
        return bool(self._of_kind(KINDS[kind]))

    @property
    def size(self) -> int:
        """Bytes of the original."""
        return len(self._message.data)

    @property
    def original(self) -> bytes:
        """The message as it stands."""
        return bytes(self._message.data)

    @property
    def opaque(self) -> str:
        """The type of what may have its text within, so that only its receiver reads it."""
        return next((part.type for part in self._message.parts if part.type in OPAQUE), "")

    @cached_property
    def forwarded(self) -> list[Mail]:
        """The mails that are attached to it, and those that are attached to these."""
        direct = [Mail(each) for each in self._message.messages]
        return [mail for each in direct for mail in (each, *each.forwarded)]

    def fields(self, template: str) -> dict[str, Any]:
        """What the mapping finds under `mail.`."""
        headers = self._message.headers
        date = headers.moment("date")
        if date is None:
            raise bad("date", "is missing")
        return {
            "message_id": (headers.raw("message-id") or "").strip("<> ") or None,
            "from": self.sender,
            "from_name": self._from[0] or None,
            "to": ", ".join(headers.recipients("to")) or None,
            "subject": self.subject,
            "date": date,
            "template": template,
        }

    @property
    def attached(self) -> list[Part]:
        """All parts that are no text to read."""
        return [part for part in self._message.parts if part not in self._body]

    @cached_property
    def _body(self) -> list[Part]:
        """Its texts: what has a file's name is none, unless there is no other."""
        texts = [part for part in self._message.parts if _is_text(part)]
        return [part for part in texts if not part.name] or texts[:1]

    @cached_property
    def _from(self) -> tuple[str, str]:
        found = self._message.headers.addresses("from")
        if len({address for _, address in found}) != 1:
            raise bad("from", "has to name one sender")
        return max(found)

    def _of_kind(self, kind: str) -> list[Part]:
        return [part for part in self._body if part.type == kind]

    def _texts(self, kind: str) -> str:
        parts = self._of_kind(kind)
        held(sum(len(part.body) for part in parts), 4 * MAX_TEXT, f"bytes of {kind}")
        texts = [_text(part) for part in parts]
        held(sum(map(len, texts)), MAX_TEXT, f"characters of {kind}")
        return "\n".join(texts)


def _text(part: Part) -> str:
    kind, said = part.type, part.headers.parameters("content-type")
    text = one_kind_of_end(decoded(part.content(kind), part.charset, f"the {kind}"))
    if kind == PLAIN and said.get("format").lower() == "flowed":
        text = unwrapped(text, joined=said.get("delsp").lower() == "yes")
    return text.translate(UNSEEN | SPACES) if kind == PLAIN else text


def attachment(part: Part) -> Attachment:
    """Raises RejectedError if it is not as it was sent."""
    return Attachment(part.name, part.type, part.content("an attachment"))


def _is_text(part: Part) -> bool:
    return part.type in {PLAIN, HTML} and not part.is_attached

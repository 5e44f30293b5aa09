"""Bytes of a mail as text: by the charset that it names, or refused. Nothing is replaced.

A name that is missing or wrong is no reason to guess: what is UTF-8 by its bytes is UTF-8, since no
text of one byte a character looks like it, and what its charset cannot be is refused.
"""

from __future__ import annotations

import codecs
from contextlib import suppress

from lambdas.clean.formats.encodings import WESTERN
from lambdas.clean.reasons import Reason, RejectedError

UTF_8, ASCII = "utf-8", "ascii"
WIDE = {
    *("utf-16", "utf-16-le", "utf-16-be", "cp932", "cp949", "cp950", "gb18030", "big5hkscs"),
    *("euc_jp", "johab", "hz", "iso2022_jp", "iso2022_kr"),
}
"""More bytes than one a character, which may be valid UTF-8, and mean something else."""

KNOWN = {
    *(UTF_8, ASCII, "koi8-r", "koi8-u", "mac-roman"),
    *(f"iso8859-{number}" for number in (*range(2, 9), 10, *range(13, 17))),
    *(f"cp{number}" for number in (*range(1250, 1259), 437, 850, 852, 866, 874)),
    *WIDE,
}
"""Python's names. It has codecs besides that are no charsets, and some that can be made to work
long."""

ALIASES = {
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "windows-949": "cp949",
    "x-gbk": "gb18030",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "x-unknown": ASCII,
    "unknown-8bit": ASCII,
}
MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "iso8859-1": WESTERN,
    "utf-8-sig": UTF_8,
}
"""What a name is said for, if it is more than the name is: as browsers have it."""


def decoded(data: bytes, charset: str, what: str) -> str:
    """Raises RejectedError, which says `what` is not text."""
    name = _name(charset)
    if name is None:
        raise _refused(what, f"{charset[:40]!r}, which is not known here")
    for each in _tried(name):
        with suppress(UnicodeDecodeError):
            return data.decode(each)
    raise _refused(what, charset or "UTF-8, and it names no charset")


def _tried(name: str) -> tuple[str, ...]:
    if name in {UTF_8, ASCII}:
        return (UTF_8,)
    return (name, UTF_8) if name in WIDE else (UTF_8, name)


def _name(charset: str) -> str | None:
    small = charset.strip().lower()
    try:
        name = codecs.lookup(ALIASES.get(small, small) or UTF_8).name
    except (LookupError, ValueError):
        return None
    name = MEANT.get(name, name)
    return name if name in KNOWN else None


def _refused(what: str, charset: str) -> RejectedError:
    return RejectedError(Reason.MAIL_UNDECODABLE.of(what, charset))

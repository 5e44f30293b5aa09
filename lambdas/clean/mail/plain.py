"""Plain text as its sender wrote it, before it was wrapped for the way."""

from __future__ import annotations

UNSEEN = dict.fromkeys(
    [0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
"""Where words may be broken or not, and which way they run: nobody sees them, no number has them.
A byte order mark is one."""

SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
"""Of other widths, or between what may not be parted."""

SIGNATURE = "-- "


def one_kind_of_end(text: str) -> str:
    """With the line's ends that patterns know."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unwrapped(text: str, *, joined: bool) -> str:
    """Lines of `format=flowed` (RFC 3676): one that ends with a space goes on with the next one.

    If they are `joined` (DelSp), that space is none of the text.
    """
    found: list[str] = []
    goes_on = -1
    """In how many quotes of one another the line goes on."""
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        words = line[quotes:].removeprefix(" ")
        if quotes != goes_on or words == SIGNATURE:
            found += ["\n" if found else "", ">" * quotes + (" " if quotes else "")]
        flows = words.endswith(" ") and words != SIGNATURE
        found.append(words[:-1] if flows and joined else words)
        goes_on = quotes if flows else -1
    return "".join(found)

"""UUID version 7 (RFC 9562, section 5.7): sorts by the time it was made."""

from __future__ import annotations

from uuid import UUID

RANDOM_BITS = 74
VERSION, VARIANT = 7, 0b10
UUID_LENGTH = 36


def canonical_uuid(text: str) -> str | None:
    """As the table has it; None for what is no UUID of 36 characters."""
    try:
        canonical = str(UUID(text))
    except ValueError:
        return None
    return canonical if len(text) == UUID_LENGTH else None


def uuid7(milliseconds: int, random: int) -> UUID:
    """A UUIDv7 of a Unix time in milliseconds (48 bits) and 74 random bits.

    >>> str(uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F))
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    """
    rand_a, rand_b = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | VERSION << 76 | rand_a << 64 | VARIANT << 62 | rand_b)

"""What is wrong with a mapping, and where."""

from __future__ import annotations

from lambdas.declared import DeclarationError


class MappingError(DeclarationError):
    """A mapping cannot be used."""

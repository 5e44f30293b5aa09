"""What people declare in YAML files: read strictly, and refused by file, place and fault."""

from lambdas.declared.errors import DeclarationError
from lambdas.declared.reading import parsed, text_of, validated

__all__ = ["DeclarationError", "parsed", "text_of", "validated"]

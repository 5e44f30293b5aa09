"""What a statement may end in: an error in the warehouse's words."""

from __future__ import annotations


class WarehouseError(Exception):
    """A statement failed; `message` is what DescribeStatement shows as its Error."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RefusedError(WarehouseError):
    """Redshift does not take this statement, though PostgreSQL would."""

    def __init__(self, message: str) -> None:
        super().__init__(f"ERROR: {message}")


class UnloadableError(WarehouseError):
    """COPY cannot read a file into the table; `code` is Redshift's own for the kind of fault."""

    def __init__(self, code: int, context: str) -> None:
        super().__init__(
            "ERROR: Spectrum Scan Error\n  Detail: \n"
            "  -----------------------------------------------\n"
            f"  error:  Spectrum Scan Error\n  code:      {code}\n  context:   {context}\n"
            "  -----------------------------------------------"
        )

"""What all parts of a mapping are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """No setting that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

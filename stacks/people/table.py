"""Who may do what in the lake, by zone: policies and the documentation follow from this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

ATHENA_RESULTS = "athena/"


class Person(StrEnum):
    """A person's job."""

    ENGINEER = "engineer"
    SCIENTIST = "scientist"
    ANALYST = "analyst"


class May(Enum):
    """What of a zone; each includes the ones before it.

    Reading includes older versions and tags; adding includes overwriting (which keeps the version
    that was), tags and multipart uploads. To delete is to hide: nobody deletes versions but the
    function that erases, and the lifecycle.
    """

    NOTHING = "-"
    READ = "read"
    ADD = "read, add"
    ALL = "read, write, delete"

    @property
    def reads(self) -> bool:
        return self is not May.NOTHING

    @property
    def adds(self) -> bool:
        return self in {May.ADD, May.ALL}

    @property
    def deletes(self) -> bool:
        return self is May.ALL


@dataclass(frozen=True)
class Zone:
    """One prefix of the lake, and what each person may do under it."""

    prefix: str
    engineer: May
    scientist: May
    analyst: May

    def of(self, person: Person) -> May:
        may: May = getattr(self, person.value)
        return may


ZONES = (
    Zone("raw/", May.ADD, May.NOTHING, May.NOTHING),
    Zone("cleaned/", May.ALL, May.READ, May.NOTHING),
    Zone("work/", May.READ, May.READ, May.NOTHING),
    Zone("work/sandbox/", May.ALL, May.ALL, May.NOTHING),
    Zone("gold/", May.READ, May.READ, May.READ),
    Zone("quarantine/", May.ALL, May.NOTHING, May.NOTHING),
    Zone("runs/", May.ALL, May.NOTHING, May.NOTHING),
)
"""A prefix that stands nowhere here is nobody's, `erasures/` and `imports/` among them."""


def results(person: Person) -> str:
    """Where Athena puts the person's results, which are nobody else's."""
    return f"{ATHENA_RESULTS}{person}/"


def access(person: Person) -> dict[str, May]:
    """Every prefix that the person may do something with, results included."""
    zones = {zone.prefix: zone.of(person) for zone in ZONES if zone.of(person).reads}
    return {**zones, results(person): May.ALL}

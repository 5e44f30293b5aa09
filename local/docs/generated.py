"""Every generated block by name: the page says where, the code says what."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.api.problems import PROBLEMS
from lambdas.clean.reasons import Reason
from lambdas.contracts import CONTRACTS
from local.docs import costs, deployment, dictionary, mappings, people, promotion, pulls
from stacks.denies import OWNERS
from stacks.machines import definition_file
from stacks.people.table import ZONES
from stacks.promotion import STEPS
from stacks.settings import BOUNDS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs"
TITLE = re.compile(r"# (?P<number>\d{4}): (?P<title>.+)")


def decisions() -> str:
    """The ADRs in order, by their titles."""
    titles = {path.name: TITLE.match(path.read_text()) for path in sorted(PAGES.glob("adr/0*.md"))}
    return "\n".join(
        f"- [{found['number']}]({name}): {found['title']}"
        for name, found in titles.items()
        if found
    )


def limits() -> str:
    """The README's section, with links as a page of docs/ has them."""
    _, _, rest = (ROOT / "README.md").read_text().partition("\n## Limits\n")
    section, _, _ = rest.partition("\n## ")
    return section.replace("](docs/", "](")


def machine() -> dict[str, object]:
    return promotion.definition(definition_file("promotion").read_text())


BLOCKS: dict[str, Callable[[], str]] = {
    "costs": costs.costs,
    "decisions": decisions,
    "dictionary": lambda: dictionary.dictionary(CONTRACTS),
    "limits": limits,
    "machine": lambda: promotion.machine_picture(machine()),
    "mail-bounds": mappings.bounds,
    "mapping": mappings.reference,
    "mapping-mails": mappings.mails,
    "mapping-functions": mappings.functions,
    "owners": lambda: people.owners_table(OWNERS),
    "parsers": mappings.examples,
    "people": lambda: people.zones_table(ZONES),
    "problems": lambda: deployment.problems(PROBLEMS),
    "pull": pulls.reference,
    "reasons": lambda: deployment.reasons(Reason),
    "settings": lambda: deployment.settings(Settings, BOUNDS),
    "star": lambda: dictionary.star(CONTRACTS),
    "states": lambda: promotion.machine_table(machine()),
    "step-access": lambda: promotion.access_table(STEPS),
    "technical-columns": dictionary.technical,
    "types": dictionary.types,
    "usage": costs.usage,
    "zones": lambda: promotion.zones_picture(STEPS),
}

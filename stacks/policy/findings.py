"""Findings, and the acknowledgements that answer them: one resource, one rule, one reason each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACKNOWLEDGED = Path(__file__).parent / "acknowledged"
LEAST_WORDS = 6
"""Fewer do not convince an auditor."""


@dataclass(frozen=True, order=True)
class Finding:
    """A rule that a resource does not hold to; `rule` has details in brackets where it has several.

    `resource` is a construct's path. `sentence` says what is wrong.
    """

    resource: str
    rule: str
    sentence: str

    @property
    def key(self) -> tuple[str, str]:
        return self.resource, self.rule


Acknowledgements = dict[tuple[str, str], str]
"""Reason by (resource, rule)."""


class AcknowledgementError(ValueError):
    """An acknowledgement that convinces nobody; the sentence names it."""


def read(folder: Path = ACKNOWLEDGED, files: str = "*.toml") -> Acknowledgements:
    """All tables of the files: a table is a resource, its keys are rules, their values reasons.

    Raises AcknowledgementError for a reason that is none, and for a pair in two files.
    """
    found: Acknowledgements = {}
    for file in sorted(folder.glob(files)):
        for resource, rules in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for rule, reason in _reasons(file.name, resource, rules).items():
                if (resource, rule) in found:
                    raise AcknowledgementError(f"{file.name}: {resource} {rule} stands twice")
                found[resource, rule] = reason
    return found


def _reasons(file: str, resource: str, rules: object) -> Mapping[str, str]:
    if not isinstance(rules, dict):
        raise AcknowledgementError(f'{file}: {resource} must be a table of "rule" = "reason"')
    for rule, reason in rules.items():
        if "*" in resource or not isinstance(reason, str) or len(reason.split()) < LEAST_WORDS:
            raise AcknowledgementError(
                f"{file}: {resource} {rule} must name one resource and give a reason "
                f"of at least {LEAST_WORDS} words"
            )
    return rules


def judge(findings: Iterable[Finding], acknowledged: Acknowledgements) -> list[str]:
    """What has to be done: nothing if each finding is acknowledged and vice versa.

    A finding is written as the acknowledgement that would answer it, without the reason.
    """
    found = {each.key: each for each in findings}
    open_ = [each for key, each in sorted(found.items()) if key not in acknowledged]
    stale = sorted(acknowledged.keys() - found.keys())
    return [
        *(f'{each.sentence}\n["{each.resource}"]\n\'{each.rule}\' = "…"\n' for each in open_),
        *(
            f"acknowledged, but no longer found:\n[\"{resource}\"]\n'{rule}'\n"
            for resource, rule in stale
        ),
    ]

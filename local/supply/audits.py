"""Known vulnerabilities of what is locked, as pip-audit and `npm audit` know them.

Both ask their registry. Where it does not answer (no network, or a mirror that has packages but no
advisories), nothing is known and the answer is NoAnswerError, which is told and does not fail.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from local.supply.locks import DEVELOPMENT, EMULATOR
from stacks.bundling.tools import program
from stacks.policy import findings
from stacks.policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacks.policy.findings import Acknowledgements

ROOT = Path(__file__).parents[2]
PYPI, NPM = "pkg:pypi/", "pkg:npm/"
"""Packages are named by their URL, as in bills of materials."""
ADVISORIES = f"https://pypi.org/pypi/pip-audit/{version('pip-audit')}/json"
"""Where PyPI's advisories are: a mirror that lacks this page lacks all of them."""
UNREACHED = ("ConnectionError", "Could not connect", "Max retries", "timed out")
"""How pip-audit says that the connection failed."""
PATIENCE_S, FIRST_ANSWER_S = 120, 5
NODE_FOLDERS = (ROOT, ROOT / "stacks" / "bundling" / "compiler")


class NoAnswerError(Exception):
    """The registry does not say; the sentence has why."""


class AuditError(Exception):
    """The audit itself failed; the sentence has what it said."""


@dataclass(frozen=True)
class Audit:
    """Of one lock file; `packages` is how its findings' resources begin."""

    lock: str
    packages: str
    findings: Callable[[], list[Finding]]
    """May raise NoAnswerError and AuditError."""


@dataclass(frozen=True)
class Verdict:
    """Sentences: what has to be done, and what else there is to say."""

    wrong: list[str]
    told: list[str]


def verdict(asked: Sequence[Audit], acknowledged: Acknowledgements) -> Verdict:
    """All audits at once. An acknowledgement that nobody could confirm is not stale.

    Raises AuditError.
    """
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(zip(asked, pool.map(_answer, asked), strict=True))
    found = [each for _, answer in answers if isinstance(answer, list) for each in answer]
    unheard = tuple(each.packages for each, answer in answers if isinstance(answer, str))
    keys = {each.key for each in found}
    known = {
        key: reason
        for key, reason in acknowledged.items()
        if key in keys or not key[0].startswith(unheard)
    }
    told = [
        f"NOT audited, {each.lock}: {answer}"
        if isinstance(answer, str)
        else f"audited, {each.lock}: {len(answer)} findings"
        for each, answer in answers
    ]
    return Verdict(findings.judge(found, known), told)


def _answer(audit: Audit) -> list[Finding] | str:
    """Findings, or why there is no answer."""
    try:
        return audit.findings()
    except NoAnswerError as error:
        return str(error)


def audits() -> list[Audit]:
    """One for each lock file. The other locks of Python are parts of that of development."""
    python = [
        Audit(lock.file, PYPI, partial(of_python, ROOT / lock.file))
        for lock in (DEVELOPMENT, EMULATOR)
    ]
    node = [
        Audit(str((folder / "package-lock.json").relative_to(ROOT)), NPM, partial(of_node, folder))
        for folder in NODE_FOLDERS
    ]
    return python + node


def of_python(
    lock: Path,
    advisories: str = ADVISORIES,
    service: Sequence[str] = ("--vulnerability-service=pypi",),
) -> list[Finding]:
    """What pip-audit finds; `service` is its option of whom to ask."""
    _ask(advisories)
    options = ("--disable-pip", "--format=json", "--progress-spinner=off")
    command = [program("pip-audit"), f"--requirement={lock}", *service, *options]
    return _python_findings(_report(command, ROOT)["dependencies"])


def of_node(folder: Path, options: Sequence[str] = ()) -> list[Finding]:
    """What `npm audit` finds in the lock file of a folder."""
    command = [program("npm"), "audit", "--json", "--package-lock-only", "--fetch-retries=1"]
    report = _report([*command, *options], folder)
    if "code" in report.get("error", {}):
        raise AuditError(f"npm audit failed: {report['error']}")
    if "error" in report:
        raise NoAnswerError(report["message"])
    return [
        Finding(
            f"{NPM}{via['name']}",
            via["url"].rpartition("/")[2],
            f"{via['name']} {via['range']}: {via['title']} ({via['severity']})",
        )
        for package in report["vulnerabilities"].values()
        for via in package["via"]
        if isinstance(via, dict)  # else the name of a package that has it from another
    ]


def _python_findings(dependencies: list[dict[str, Any]]) -> list[Finding]:
    if all("skip_reason" in each for each in dependencies):
        raise NoAnswerError(f"there is nothing about any of {len(dependencies)} packages")
    skipped = [
        Finding(f"{PYPI}{each['name']}", "not-audited", each["skip_reason"])
        for each in dependencies
        if "skip_reason" in each
    ]
    return skipped + [
        Finding(
            f"{PYPI}{each['name']}",
            found["id"],
            f"{each['name']} {each['version']}: {found['description'][:300]} "
            f"(mended in {', '.join(found['fix_versions']) or 'no version'})",
        )
        for each in dependencies
        for found in each.get("vulns", ())
    ]


def _ask(url: str) -> None:
    """Raises NoAnswerError, soon, where each package would be waited for in vain."""
    try:
        answer = requests.get(url, timeout=FIRST_ANSWER_S)
    except requests.RequestException as error:
        raise NoAnswerError(f"{url}: {type(error).__name__}") from error
    if not answer.ok:
        raise NoAnswerError(f"{url} answers {answer.status_code}")


def _report(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """What the tool writes as JSON; its exit status says only whether there are findings."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired as error:
        raise NoAnswerError(f"no answer in {PATIENCE_S} seconds") from error
    if done.stdout.startswith("{"):
        report: dict[str, Any] = json.loads(done.stdout)
        return report
    if any(words in done.stderr for words in UNREACHED):
        raise NoAnswerError(done.stderr.strip().rpartition("\n")[2])
    raise AuditError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-2000:]}")

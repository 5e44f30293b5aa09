"""The commands that README.md and docs/ show, each run by a test or left out for a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`((?:make|npx|curl|pip|cdk|\.venv/bin/python|python -m) [^`]*)`")
OPEN = re.compile(r"[…<>{}]|\.\.\.")
"""What stands for something else: `make run RUN=…`, `runs/<run>/`."""
COMMENT = re.compile(r"(^|\s+)# .*$")

RUN = (
    r"curl --cacert \$AWS_CA_BUNDLE ",
    r"make (cloud|down|token)$",
    r"export TOKEN=\$\(make token( WHO=\w+)?\)$",
    r"make query (ENGINE=\w+ )?SQL=",
    r"make (runs|alarms)( |$)",
    r"make (redrive|sweep|resync|load)( |$)",
    r"make drop SOURCE=",
)
"""Run on the laptop cloud of the end-to-end tests; `make down` where there is no cloud."""

NOT_RUN = {
    r"make query( ENGINE=warehouse)?$": "the command's name, in a sentence",
    r"make backfill( |$)": "tests/e2e/test_walking_with_history.py has some of its own promoted",
    r"make erase( |$)": "tests/e2e/test_without_a_trace.py erases a customer of its own",
    r"make replay$": "tests/e2e/test_walking_pipeline.py replays all that it has sent",
    r"make (cloud AUTH=off|token WHO=\w+)$": "the same with another setting",
    r"make (bench|clean|setup)$": "long, or takes away what the tests use",
    r"make (demo|bench) [A-Z]+=": "the same with another size",
    r"make demo$": "a cloud of its own, for minutes: the end-to-end tests do the same on theirs",
    r"make (test|check)$": "this is what runs this test",
    r"make lock( |$)": "it writes the locks; tests/integration/test_locks.py does so in a copy",
    r"make sbom$": "tests/unit/supply/test_boms.py writes and validates one",
    r"make snapshot$|python -m local\.check$": "tests/infrastructure does what these do",
    r"make openapi$": "it writes the document; tests/unit/api/test_openapi.py compares it",
    r"(pip install )?openapi-(python-client|generator-cli)": "tools of others, from the network",
    r"make gameday$": "it is tests/e2e/test_game_day.py",
    r"make permissions$": "it is these tests, and prints what the last of them finds",
    r"make docs$": "tests/unit/docs builds the site",
    r"(\.venv/bin/)?python -m local\.docs$": "it writes pages; tests/unit/docs compares them",
    r"python -m local\.sources (infer|check|schema)": "test_drafts.py and test_sources.py do so",
    r"python -m local\.generate( |$)": "tests/properties/test_generated_truth.py does so",
    r"python -m local\.generate\.serve( |$)|psql ": "tests/integration does so",
    r"make cloud PULLS=": "the end-to-end tests' own cloud has pulls",
    r"aws (secretsmanager|stepfunctions) ": "tests/e2e does so by boto3",
    r"python -m local\.generate\.compare( |$)": "it wants a lake that holds nothing else",
    r"python -m benchmarks\.(large_file|history)$": "minutes of measuring",
    r"\.venv/bin/python -m pytest ": "it would run these tests in these tests",
    r"pip install -r requirements\.txt$": "installs from the network; `make setup` does it",
    r"make deploy": "deploys to an AWS account: the laptop's deploy is the same CDK CLI's",
    r"export PATH=": "of the reader's shell; the tests have that path",
    r"npx cdk( synth)?$": "tests/infrastructure synthesizes; the CLI is the one that deploys here",
    r"\.venv/bin/python -m local warehouse (stop|start)$": "would take it from other tests",
    r"(npx )?cdk (bootstrap|deploy|diff|destroy)": "reaches an AWS account",
    r"aws ses ": "Amazon SES is not on the laptop",
}
"""Never run by a test, with the reason."""


@dataclass(frozen=True)
class Command:
    """One to be typed; `shown` in a block of its own, else named in a sentence."""

    page: str
    text: str
    shown: bool


def pages() -> dict[str, str]:
    """README.md and all pages of docs/, by path."""
    names = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
    paths = [ROOT / name for name in names]
    paths += sorted((ROOT / "docs").rglob("*.md"))
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def languages(page: str) -> set[str]:
    return {fence["language"] for fence in FENCE.finditer(page)}


def commands() -> Iterator[Command]:
    """What stands in `sh` blocks, line by line without comments, and in sentences in backticks.

    In a block, a backslash at the end goes on. In a sentence, what holds `…` or `<name>` is a form.
    """
    for name, page in pages().items():
        for fence in FENCE.finditer(page):
            if fence["language"] == "sh":
                for line in fence["body"].replace("\\\n", " ").splitlines():
                    if text := COMMENT.sub("", line).strip():
                        yield Command(name, text, shown=True)
        for text in INLINE.findall(FENCE.sub("", page)):
            if not OPEN.search(text):
                yield Command(name, " ".join(text.split()), shown=False)


def runs(command: Command) -> bool:
    return any(re.match(pattern, command.text) for pattern in RUN)

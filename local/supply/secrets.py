"""Credentials in files, found by what they look like: the detectors are detect-secrets'.

They are asked of whole files, which takes a second where its own scan takes twenty. Passwords in
assignments, which look like nothing, are ruff's business (S105 to S107).
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DETECTORS = (
    AWSKeyDetector(),
    AzureStorageKeyDetector(),
    BasicAuthDetector(),
    GitHubTokenDetector(),
    GitLabTokenDetector(),
    JwtTokenDetector(),
    NpmDetector(),
    OpenAIDetector(),
    PrivateKeyDetector(),
    PypiTokenDetector(),
    SendGridDetector(),
    SlackDetector(),
    StripeDetector(),
    TwilioKeyDetector(),
)


def secrets(root: Path) -> list[str]:
    """Sentences, without the secrets, about all files that are or may be committed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout
    paths = (root / each for each in sorted(set(names.split("\0"))) if each)
    return [
        f"{path.relative_to(root)}:{line}: this looks like a secret ({kind})"
        for path in paths
        if path.is_file()
        for line, kind in found(path.read_text(errors="replace"))
    ]


def found(text: str) -> Iterator[tuple[int, str]]:
    """Line and kind of what looks like a secret."""
    for detector in DETECTORS:
        for value in set(detector.analyze_string(text)):
            yield text[: text.index(value)].count("\n") + 1, detector.secret_type

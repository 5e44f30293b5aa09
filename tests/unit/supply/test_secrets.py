"""What looks like a credential is found, in files and in templates; what only names one is not."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from local.supply.secrets import found, secrets
from tests.lock_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEADER = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "typ": "JWT"}).encode()).decode()
SECRETS = {
    "AWS Access Key": "AKIA" + "Q" * 16,
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub Token": "ghp_" + "a1" * 18,
    "Basic Auth Credentials": "https://admin:" + "hunter2@example.com",
    "JSON Web Token": f"{HEADER.rstrip('=')}.eyJzdWIiOiIxIn0.{'c2ln' * 10}",
}
"""Put together here, so that this file holds none."""


def test_this_repository_holds_none() -> None:
    assert secrets(ROOT) == []


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items())
def test_a_credential_is_found_by_its_line_and_not_repeated(
    tmp_path: Path, kind: str, secret: str
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "settings.py").write_text(f"# settings\nkey = '{secret}'\n")
    assert secrets(tmp_path) == [f"settings.py:2: this looks like a secret ({kind})"]


def test_what_git_ignores_is_not_looked_at(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(".env\n")
    (tmp_path / ".env").write_text(SECRETS["AWS Access Key"])
    assert secrets(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:name",
        "https://user@example.com/a:b@c",
        "Authorization: Bearer $TOKEN",
    ],
)
def test_what_names_a_secret_is_none(text: str) -> None:
    assert list(found(text)) == []

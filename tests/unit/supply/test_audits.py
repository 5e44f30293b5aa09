"""Known vulnerabilities fail, those with a reason do not, and silence of a registry is told.

pip-audit and npm are the real ones; the registries that they ask are here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from local.supply import audits
from local.supply.audits import (
    NPM,
    PYPI,
    Audit,
    AuditError,
    NoAnswerError,
    of_node,
    of_python,
    verdict,
)
from stacks.policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SIX = f"six==1.17.0 --hash=sha256:{'0' * 64}\n"
LEFT_PAD = {"dependencies": {"left-pad": "1.3.0"}}
NOWHERE = "http://127.0.0.1:9/"
REASON = "Nothing here does what this needs to be done."
FLAW = Finding(f"{PYPI}six", "PYSEC-1", "six 1.17.0: counts wrongly")


@dataclass
class Registry:
    """Answers each path with a status and JSON; 404 to others."""

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)


@pytest.fixture
def registry() -> Iterator[Registry]:
    found = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = found.answers.get(self.path, (404, {}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_POST = do_GET  # noqa: N815  # the base class's name

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever).start()
        yield found
        server.shutdown()


def audit_six(folder: Path, registry: Registry) -> list[Finding]:
    """By OSV's interface, whose address can be chosen."""
    lock = folder / "lock.txt"
    lock.write_text(SIX)
    osv = ("--vulnerability-service=osv", f"--osv-url={registry.url}/query")
    return of_python(lock, f"{registry.url}/advisories", osv)


def audit_left_pad(folder: Path, registry: Registry) -> list[Finding]:
    packages = {"": LEFT_PAD, "node_modules/left-pad": {"version": "1.3.0"}}
    lock = {"name": "shop", "lockfileVersion": 3, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "package.json").write_text(json.dumps({"name": "shop", **LEFT_PAD}))
    return of_node(folder, [f"--registry={registry.url}"])


def test_a_known_vulnerability_of_a_python_package_is_found(
    tmp_path: Path, registry: Registry
) -> None:
    affected = [{"package": {"name": "six", "ecosystem": "PyPI"}, "versions": ["1.17.0"]}]
    flaw = {"id": "PYSEC-1", "summary": "counts wrongly", "affected": affected}
    registry.answers = {"/advisories": (200, {}), "/query": (200, {"vulns": [flaw]})}
    [found] = audit_six(tmp_path, registry)
    assert found.key == FLAW.key
    assert found.sentence == "six 1.17.0: counts wrongly (mended in no version)"


def test_a_known_vulnerability_of_a_node_package_is_found(
    tmp_path: Path, registry: Registry
) -> None:
    flaw = {
        "id": 1,
        "url": "https://github.com/advisories/GHSA-1",
        "title": "pads wrongly",
        "severity": "low",
        "vulnerable_versions": "<=1.3.0",
    }
    packument = {
        "name": "left-pad",
        "versions": {"1.3.0": {"name": "left-pad", "version": "1.3.0"}},
    }
    registry.answers = {
        "/-/npm/v1/security/advisories/bulk": (200, {"left-pad": [flaw]}),
        "/left-pad": (200, packument),
    }
    assert audit_left_pad(tmp_path, registry) == [
        Finding(f"{NPM}left-pad", "GHSA-1", "left-pad <=1.3.0: pads wrongly (low)")
    ]


def test_nothing_known_is_no_finding(tmp_path: Path, registry: Registry) -> None:
    registry.answers = {
        "/advisories": (200, {}),
        "/query": (200, {}),
        "/-/npm/v1/security/advisories/bulk": (200, {}),
    }
    assert audit_six(tmp_path, registry) == []
    assert audit_left_pad(tmp_path, registry) == []


def test_a_registry_without_advisories_has_not_answered(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(NoAnswerError, match="/advisories answers 404"):
        audit_six(tmp_path, registry)
    with pytest.raises(NoAnswerError, match="404 Not Found"):
        audit_left_pad(tmp_path, registry)


def test_a_registry_that_cannot_be_reached_has_not_answered(tmp_path: Path) -> None:
    for audit in (audit_six, audit_left_pad):
        with pytest.raises(NoAnswerError, match=r"ConnectionError|ECONNREFUSED"):
            audit(tmp_path, Registry(NOWHERE))


def test_a_registry_that_keeps_us_waiting_has_not_answered(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.answers = {"/advisories": (200, {})}
    monkeypatch.setattr(audits, "PATIENCE_S", 0.01)
    with pytest.raises(NoAnswerError, match=r"no answer in 0\.01 seconds"):
        audit_six(tmp_path, registry)


def test_an_audit_that_itself_fails_is_an_error(tmp_path: Path, registry: Registry) -> None:
    registry.answers = {"/advisories": (200, {})}
    with pytest.raises(AuditError, match=r"no-lock\.txt"):
        of_python(tmp_path / "no-lock.txt", f"{registry.url}/advisories")
    with pytest.raises(AuditError, match="ENOLOCK"):
        of_node(tmp_path)


def test_pip_audit_that_skips_every_package_has_not_answered() -> None:
    skipped = {"name": "six", "skip_reason": "not found"}
    with pytest.raises(NoAnswerError, match="any of 1 packages"):
        audits._python_findings([skipped])
    known = {"name": "mypy", "version": "2.4.1", "vulns": []}
    assert audits._python_findings([skipped, known]) == [
        Finding(f"{PYPI}six", "not-audited", "not found")
    ]


def asked(*answers: list[Finding] | Exception) -> Sequence[Audit]:
    def answer(given: list[Finding] | Exception) -> list[Finding]:
        if isinstance(given, Exception):
            raise given
        return given

    return [Audit("a.txt", PYPI, partial(answer, each)) for each in answers]


def test_a_vulnerability_without_a_reason_is_wrong_and_with_one_is_not() -> None:
    assert FLAW.sentence in verdict(asked([FLAW]), {}).wrong[0]
    assert verdict(asked([FLAW]), {FLAW.key: REASON}).wrong == []


def test_a_reason_for_what_is_no_longer_known_is_wrong() -> None:
    [sentence] = verdict(asked([]), {FLAW.key: REASON}).wrong
    assert "no longer found" in sentence


def test_silence_is_told_and_is_not_wrong_and_makes_no_reason_stale() -> None:
    found = verdict(asked(NoAnswerError("nobody there"), []), {FLAW.key: REASON})
    assert found.wrong == []
    assert found.told == ["NOT audited, a.txt: nobody there", "audited, a.txt: 0 findings"]


def test_silence_of_one_registry_hides_nothing_of_another() -> None:
    found = verdict(asked(NoAnswerError("nobody there"), [FLAW]), {})
    assert len(found.wrong) == 1


def test_every_lock_is_audited() -> None:
    assert [each.lock for each in audits.audits()] == [
        "requirements-dev.txt",
        "local/emulator-requirements.txt",
        "package-lock.json",
        "stacks/bundling/compiler/package-lock.json",
    ]

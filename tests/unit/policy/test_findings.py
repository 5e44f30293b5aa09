"""Every finding needs its own acknowledgement, and every acknowledgement its finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stacks.policy.findings import AcknowledgementError, Finding, judge, read

if TYPE_CHECKING:
    from pathlib import Path

REASON = "The service has no resource to name for this."
OPEN = Finding("Lake/Bucket", "R-1", "The bucket is wrong.")


def test_a_finding_is_answered_by_the_acknowledgement_of_its_resource_and_rule() -> None:
    assert judge([OPEN], {("Lake/Bucket", "R-1"): REASON}) == []


@pytest.mark.parametrize(
    "other", [("Lake/Bucket", "R-2"), ("Lake", "R-1"), ("Lake/Bucket/x", "R-1")]
)
def test_another_rule_or_resource_is_no_answer_and_is_stale(other: tuple[str, str]) -> None:
    unanswered, stale = judge([OPEN], {other: REASON})
    assert "The bucket is wrong." in unanswered
    assert '["Lake/Bucket"]' in unanswered
    assert "no longer found" in stale
    assert other[0] in stale


def test_an_acknowledgement_of_nothing_is_stale() -> None:
    [sentence] = judge([], {OPEN.key: REASON})
    assert "no longer found" in sentence


def test_what_is_read_is_one_reason_for_each_resource_and_rule(tmp_path: Path) -> None:
    (tmp_path / "lake.toml").write_text(f'["Lake/Bucket"]\n\'R-1[a/*]\' = "{REASON}"\n')
    assert read(tmp_path) == {("Lake/Bucket", "R-1[a/*]"): REASON}


@pytest.mark.parametrize(
    "text",
    [
        '["Lake/Bucket"]\n\'R-1\' = "Known issue."\n',
        f'["Lake/*"]\n\'R-1\' = "{REASON}"\n',
        "[\"Lake/Bucket\"]\n'R-1' = true\n",
        f'"Lake/Bucket" = "{REASON}"\n',
    ],
    ids=["too short", "many resources", "no text", "no rule"],
)
def test_what_convinces_nobody_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "lake.toml").write_text(text)
    with pytest.raises(AcknowledgementError, match="Lake/"):
        read(tmp_path)


def test_two_reasons_for_one_finding_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(f'["Lake/Bucket"]\n\'R-1\' = "{REASON}"\n')
    with pytest.raises(AcknowledgementError, match="twice"):
        read(tmp_path)

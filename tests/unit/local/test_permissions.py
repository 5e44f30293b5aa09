"""Which grants nobody used, and whether somebody said why they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.permissions import Grant, judge, reasons, short

if TYPE_CHECKING:
    from pathlib import Path

READ = Grant("Clean", "s3:GetObject*", "arn:aws:s3:::lake/raw/*")
WRITE = Grant("Clean", "s3:PutObject", "arn:aws:s3:::lake/cleaned/*")
REQUEST = Grant("Clean", "s3:GetObjectVersion", "arn:aws:s3:::lake/raw/sales/a")


def test_a_grant_is_used_if_it_covers_something_that_its_role_asked_for() -> None:
    assert not judge([READ], [REQUEST], {}).unused


@pytest.mark.parametrize(
    "request_",
    [
        Grant("Publish", REQUEST.action, REQUEST.resource),
        Grant("Clean", "s3:PutObject", REQUEST.resource),
        Grant("Clean", REQUEST.action, "arn:aws:s3:::lake/rawx/a"),
    ],
)
def test_another_role_action_or_place_does_not_use_it(request_: Grant) -> None:
    assert judge([READ], [request_], {}).unexplained == [READ]


def test_what_nobody_used_needs_a_reason() -> None:
    found = judge([READ, WRITE], [REQUEST], {Grant("*", "s3:Put*", "*/cleaned/*"): "why"})
    assert found.unused == {WRITE: "why"}
    assert not found.unexplained


def test_a_reason_for_what_nobody_is_granted_is_idle() -> None:
    given = {Grant("Clean", "s3:DeleteObject", "*"): "why", Grant("*", "s3:*", "*"): "why"}
    assert len(judge([READ], [REQUEST], given).idle) == 1


def test_a_reason_is_written_by_role_and_has_enough_words(tmp_path: Path) -> None:
    file = tmp_path / "unused.toml"
    file.write_text('["*"]\n"logs:*" = "somebody else does it for us"\n')
    assert list(reasons(file)) == [Grant("*", "logs:*", "*")]
    file.write_text('[Clean]\n"s3:GetObject */raw/*" = "because"\n')
    with pytest.raises(ValueError, match=r"Clean s3:GetObject \*/raw/\*"):
        reasons(file)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("MercadoPipeline-FunctionsPublishRole75D2D676-0D7ECEC33285D", "Publish"),
        ("MercadoPipeline-PromotionMachineRole2D709895-1", "Machine"),
        ("somebodys", "somebodys"),
    ],
)
def test_a_role_is_called_after_its_function(role: str, name: str) -> None:
    assert short(role) == name

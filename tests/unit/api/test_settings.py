"""The API's environment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lambdas.api.settings import ApiSettings, InvalidSettingError
from lambdas.runtime.settings import MissingSettingError


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "market")
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.delenv("PRICE_CHECK", raising=False)
    monkeypatch.delenv("IDEMPOTENCY_HOURS", raising=False)
    monkeypatch.delenv("IMPORTS_DAYS", raising=False)


def test_prices_are_enforced_and_keys_kept_a_day_unless_told_otherwise() -> None:
    assert ApiSettings.from_environment() == ApiSettings(
        "market", True, timedelta(hours=24), "lake", timedelta(days=90)
    )


def test_a_deployment_may_turn_the_price_check_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICE_CHECK", "off")
    monkeypatch.setenv("IDEMPOTENCY_HOURS", "2")
    monkeypatch.setenv("IMPORTS_DAYS", "7")
    assert ApiSettings.from_environment() == ApiSettings(
        "market", False, timedelta(hours=2), "lake", timedelta(days=7)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("PRICE_CHECK", "maybe"), ("IDEMPOTENCY_HOURS", "0"), ("IMPORTS_DAYS", "-1")],
)
def test_a_value_that_cannot_be_used_fails_the_cold_start_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingError, match=name):
        ApiSettings.from_environment()


def test_a_missing_table_fails_the_cold_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME")
    with pytest.raises(MissingSettingError, match="TABLE_NAME"):
        ApiSettings.from_environment()

"""What the mail stack promises: mails as they came, each where its source's objects arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lambdas.clean.mapping import Mappings
from tests.mappings import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacks.policy.deployment import Deployment

SHOPS = ("kaufhaus-nord-mail", "mercado-mail")


@pytest.fixture(scope="module")
def resources(synthesize: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    settings = {"mail_domain": "in.example.org", "mail_sources": ", ".join(SHOPS)}
    found: dict[str, dict[str, Any]] = synthesize(**settings)["MercadoMail"]["Resources"]
    return found


def rules(resources: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    kind = "AWS::SES::ReceiptRule"
    return [each["Properties"]["Rule"] for each in resources.values() if each["Type"] == kind]


def test_each_source_has_an_address_of_its_own(resources: dict[str, dict[str, Any]]) -> None:
    addresses = [each["Recipients"] for each in rules(resources)]
    assert addresses == [[f"{shop}@in.example.org"] for shop in SHOPS]


def test_mails_are_put_where_a_mapping_of_mails_looks_for_them(
    resources: dict[str, dict[str, Any]],
) -> None:
    mappings = Mappings.of_folder(SOURCES)
    for each in rules(resources):
        [action] = each["Actions"]
        source = mappings.of_key(f"{action['S3Action']['ObjectKeyPrefix']}some-id")
        assert source
        assert source.mail


def test_nobody_but_the_lakes_key_encrypts_a_mail(resources: dict[str, dict[str, Any]]) -> None:
    """What SES encrypts itself, it encrypts for a client that decrypts: Clean is none."""
    assert all(
        "KmsKeyArn" not in action["S3Action"] for r in rules(resources) for action in r["Actions"]
    )


def test_a_rule_waits_until_its_role_may_write(resources: dict[str, dict[str, Any]]) -> None:
    """SES writes a test object as soon as it is told of a rule."""
    policies = {name for name, each in resources.items() if each["Type"] == "AWS::IAM::Policy"}
    rules = [each for each in resources.values() if each["Type"] == "AWS::SES::ReceiptRule"]
    assert policies
    assert all(policies <= set(each["DependsOn"]) for each in rules)


def test_mails_come_by_tls_and_are_scanned(resources: dict[str, dict[str, Any]]) -> None:
    assert {(each["TlsPolicy"], each["ScanEnabled"]) for each in rules(resources)} == {
        ("Require", True)
    }


def test_the_receiver_only_adds_to_its_sources(deployment: Deployment) -> None:
    """Nothing of it may read, and the name of the rule set is in who may assume it."""
    [role] = [each for each in deployment.resources if each.path == "MercadoMail/Receiver"]
    [trust] = role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ses.amazonaws.com"}
    assert set(trust["Condition"]) == {"StringEquals", "ArnLike"}
    assert "Path" not in role.properties, "SES takes none with a path"

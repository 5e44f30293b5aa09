"""Who may become an engineer, a scientist or an analyst: the principals that settings name.

A role that people come by (of IAM Identity Center, or an identity provider) was assumed after
whatever second factor its provider asks for, and its session says nothing of it: AWS sets
`aws:MultiFactorAuthPresent` by its own second factor only. So it is asked of IAM users, and
sessions of roles are told apart by `aws:PrincipalType`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIGN_IN = "https://signin.aws.amazon.com/saml"
PROVIDER = ":saml-provider/"
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def trusted(arns: Sequence[str]) -> iam.CompositePrincipal:
    """The principal of a trust policy; without ARNs, whom the account's own policies let in.

    A role's or user's ARN may hold `*`, as names of IAM Identity Center's roles end at random:
    so the account is trusted, on the condition that the caller's ARN is like one of these.
    """
    people = [arn for arn in arns if PROVIDER not in arn]
    providers = [arn for arn in arns if PROVIDER in arn]
    own: list[iam.IPrincipal] = [] if arns else [iam.AccountRootPrincipal()]
    accounts = [iam.AccountPrincipal(each) for each in sorted({a.split(":")[4] for a in people})]
    like = {"ArnLike": {"aws:PrincipalArn": people}} if people else {}
    return iam.CompositePrincipal(
        *(each for account in (*own, *accounts) for each in _of_account(account, like)),
        *(
            iam.FederatedPrincipal(
                arn, {"StringEquals": {"SAML:aud": SIGN_IN}}, "sts:AssumeRoleWithSAML"
            )
            for arn in providers
        ),
    )


def _of_account(
    account: iam.IPrincipal, like: dict[str, dict[str, list[str]]]
) -> Iterator[iam.PrincipalWithConditions]:
    """Sessions of roles as they are; users with a second factor."""
    kind = "aws:PrincipalType"
    yield iam.PrincipalWithConditions(account, {**like, "StringEquals": {kind: "AssumedRole"}})
    yield iam.PrincipalWithConditions(account, {**like, **WITH_MFA, "StringEquals": {kind: "User"}})

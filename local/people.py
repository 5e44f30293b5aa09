"""Asking a deployment as an engineer, a scientist or an analyst, with no more than their rights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.access import ACCOUNT
from local.deployment import NoCloudError
from stacks.people.table import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.access import Access
    from local.deployment import Deployment

SESSION = "mercado"
SIGN_IN_PATH = "/aws-reserved/sso.amazonaws.com/"
SIGN_IN_NAME = "AWSReservedSSO_Laptop_0123456789abcdef"
SIGN_IN = "SignInRole"
"""The output that names the laptop's sign-in role; an account has its own way in."""


def as_person(deployment: Deployment, person: Person) -> Deployment:
    """The deployment, asked in the person's role.

    Raises NoCloudError if it has no such role, or none that whoever asks may assume.
    """
    output = f"{person.capitalize()}Role"
    if output not in deployment.outputs:
        raise NoCloudError(f"{deployment.where} has no role for {person}s: deploy it anew")
    role = deployment.outputs[output]
    caller = deployment.client("sts").get_caller_identity()["Arn"]
    if f"/{role.rpartition('/')[2]}/" in caller:
        return deployment
    way = [deployment.outputs[SIGN_IN], role] if SIGN_IN in deployment.outputs else [role]
    for arn in way:
        deployment = _assumed(deployment, arn, person)
    return deployment


def role_names(outputs: Mapping[str, str]) -> dict[str, str]:
    """The name of each person's IAM role."""
    arns = {person: outputs[f"{person.capitalize()}Role"] for person in Person}
    return {person.value: arn.rpartition("/")[2] for person, arn in arns.items()}


def _assumed(deployment: Deployment, role: str, person: Person) -> Deployment:
    try:
        answer = deployment.client("sts").assume_role(RoleArn=role, RoleSessionName=SESSION)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        raise NoCloudError(
            f"queries are asked as {person}, and {deployment.where} does not let you: name who you "
            f"are in the setting mercado:{person}s ({error})"
        ) from error
    return deployment.acting(session_arguments(answer["Credentials"]))


def session_arguments(credentials: dict[str, Any]) -> dict[str, Any]:
    """The credentials that STS answers, as `boto3.Session` takes them."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def create_sign_in(access: Access, people: str) -> str:
    """The role by which the laptop's owner signs in, as IAM Identity Center makes one; its ARN.

    On AWS an account's root may assume no role, nor may it here. `people` is the pattern of the
    ARNs of the roles that are open from there.
    """
    iam = access.client("iam")
    root = f"arn:aws:iam::{ACCOUNT}:root"
    role = iam.create_role(
        Path=SIGN_IN_PATH,
        RoleName=SIGN_IN_NAME,
        AssumeRolePolicyDocument=_document("sts:AssumeRole", Principal={"AWS": root}),
    )["Role"]
    iam.put_role_policy(
        RoleName=SIGN_IN_NAME,
        PolicyName="Work",
        PolicyDocument=_document("sts:AssumeRole", Resource=people),
    )
    arn: str = role["Arn"]
    return arn


def _document(action: str, **rest: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

"""Who people are: a Cognito user pool, the groups of the API's rules, and the shop's client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito

from lambdas.contracts.access import GROUPS

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

TOKEN_HOURS, LOGIN_DAYS = 1, 7
"""A group that is taken away counts until the token ends, which is soon; people sign in weekly."""
SHORTEST_PASSWORD = 12


class IdentitiesStack(Stack):
    """Everybody may sign up; administrators put people into groups."""

    def __init__(self, scope: Construct, stack_id: str, *, settings: Settings) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: who people are")
        self.pool = cognito.UserPool(
            self,
            "People",
            user_pool_name=f"{settings.name}-people",
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=SHORTEST_PASSWORD,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            deletion_protection=not settings.destroy_data,
            removal_policy=(
                RemovalPolicy.DESTROY if settings.destroy_data else RemovalPolicy.RETAIN
            ),
        )
        for group, description in GROUPS.items():
            cognito.UserPoolGroup(
                self,
                group.value.capitalize(),
                user_pool=self.pool,
                group_name=group.value,
                description=description,
            )
        self.client = self.pool.add_client(
            "Shop",
            user_pool_client_name=f"{settings.name}-shop",
            generate_secret=False,
            disable_o_auth=True,
            auth_flows=cognito.AuthFlow(user_srp=True, admin_user_password=True),
            access_token_validity=Duration.hours(TOKEN_HOURS),
            id_token_validity=Duration.hours(TOKEN_HOURS),
            refresh_token_validity=Duration.days(LOGIN_DAYS),
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
        )
        CfnOutput(self, "UserPoolId", value=self.pool.user_pool_id)
        CfnOutput(self, "ClientId", value=self.client.user_pool_client_id)

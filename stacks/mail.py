"""Mail: what Amazon SES receives for our sources, put into the lake as it came.

A set of receipt rules receives nothing until it is made the active one, of which an account has
one in a region: CloudFormation cannot do that, and should not do it to whatever is active.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses

from stacks.access import ENCRYPT
from stacks.promotion import WRITE

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.lake import LakeStack
    from stacks.settings import Settings


class MailStack(Stack):
    """A rule set with a rule for each source that takes mails, and the one role that they use."""

    def __init__(
        self, scope: Construct, stack_id: str, *, settings: Settings, lake: LakeStack
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: mails for the lake")
        self.settings = settings
        self.lake = lake
        self.rule_set = f"{settings.name}-mail"
        rules = ses.CfnReceiptRuleSet(self, "Rules", rule_set_name=self.rule_set)
        role = self._role()
        for source in settings.mailed:
            rule = self._rule(source, role)
            rule.add_resource_dependency(rules)
            rule.node.add_dependency(role)  # with its policy: SES writes a test object at once
        CfnOutput(self, "RuleSet", value=self.rule_set)

    def _rule(self, source: str, role: iam.Role) -> ses.CfnReceiptRule:
        """`<source>@<domain>` -> `raw/<source>/`, if it came by TLS; SES notes what it thinks.

        Mails are not encrypted by SES, which would hide them from everybody else: the bucket is.
        """
        return ses.CfnReceiptRule(
            self,
            f"To-{source}",
            rule_set_name=self.rule_set,
            rule=ses.CfnReceiptRule.RuleProperty(
                name=f"to-{source}",
                enabled=True,
                recipients=[f"{source}@{self.settings.mail_domain}"],
                scan_enabled=True,
                tls_policy="Require",
                actions=[
                    ses.CfnReceiptRule.ActionProperty(
                        s3_action=ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=self.lake.bucket.bucket_name,
                            object_key_prefix=_prefix(source),
                            iam_role_arn=role.role_arn,
                        )
                    )
                ],
            ),
        )

    def _role(self) -> iam.Role:
        """What SES may do, for rules of this set alone: a role of its own says so in one place.

        SES takes no role that has a path.
        """
        of_rules = self.format_arn(
            service="ses",
            resource="receipt-rule-set",
            resource_name=f"{self.rule_set}:receipt-rule/*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        role = iam.Role(
            self,
            "Receiver",
            assumed_by=iam.ServicePrincipal(
                "ses.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": of_rules},
                },
            ),
            description="By which SES puts mails into the lake",
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[WRITE],
                resources=[
                    self.lake.bucket.arn_for_objects(f"{_prefix(source)}*")
                    for source in self.settings.mailed
                ],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["kms:Encrypt", ENCRYPT], resources=[self.lake.key.key_arn])
        )
        return role


def _prefix(source: str) -> str:
    return f"raw/{source}/"

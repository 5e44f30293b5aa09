"""Operations: who is told when something is wrong, and what there is to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from stacks.alarms import Alarms
from stacks.dashboard import Dashboard

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.ingest import IngestStack
    from stacks.pipeline import PipelineStack
    from stacks.settings import Settings
    from stacks.shop import ShopStack

ALARMS, BUDGETS = "cloudwatch.amazonaws.com", "budgets.amazonaws.com"
WARNINGS = {"ACTUAL": 80, "FORECASTED": 100}
"""Per cent of the budget at which it tells."""


class OperationsStack(Stack):
    """The alarms on what the other stacks deploy, their topic, the dashboard, a budget."""

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        shop: ShopStack,
        pipeline: PipelineStack,
        ingest: IngestStack | None,
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: alarms and dashboard")
        self.settings = settings
        self.topic = self._topic()
        alarms = Alarms(self, settings=settings, topic=self.topic)
        for watched in (shop, pipeline):
            alarms.on_mappings(watched)
            alarms.on_dead_letters(watched)
        alarms.on_runs(pipeline)
        alarms.on_backfills(pipeline)
        if ingest:
            alarms.on_dead_letters(ingest)
            alarms.on_pulls(ingest)
        alarms.on_data()
        alarms.on_api(shop)
        if settings.warehouse:
            alarms.on_loads(pipeline)
        Dashboard(self, settings=settings, shop=shop, pipeline=pipeline, alarms=alarms.made)
        if settings.monthly_budget:
            self._budget()
        CfnOutput(self, "AlarmTopic", value=self.topic.topic_arn)

    def _topic(self) -> sns.Topic:
        """Encrypted under a key of its own: AWS's key for SNS lets no CloudWatch alarm in."""
        key = kms.Key(
            self,
            "Key",
            description="Encrypts alarms on their way",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,  # nothing is kept under it
        )
        topic = sns.Topic(self, "Alarms", master_key=key, enforce_ssl=True)
        ours = {"StringEquals": {"aws:SourceAccount": self.account}}
        for service in (ALARMS, BUDGETS) if self.settings.monthly_budget else (ALARMS,):
            sender = iam.ServicePrincipal(service)
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[sender],
                    actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                    resources=["*"],  # of a key's policy: this key
                    conditions=ours,
                )
            )
            topic.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Alarms{service.split('.')[0].capitalize()}",
                    principals=[sender],
                    actions=["sns:Publish"],
                    resources=[topic.topic_arn],
                    conditions=ours,
                )
            )
        if self.settings.alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(self.settings.alarm_email))
        return topic

    def _budget(self) -> None:
        """Of the whole account: a budget by tag counts nothing until the tag is activated there."""
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(
                    amount=self.settings.monthly_budget, unit="USD"
                ),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        budgets.CfnBudget.SubscriberProperty(
                            address=self.topic.topic_arn, subscription_type="SNS"
                        )
                    ],
                )
                for kind, percent in WARNINGS.items()
            ],
        )

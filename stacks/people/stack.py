"""The roles that people assume, each with an Athena workgroup of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_iam as iam

from stacks.people.statements import in_the_lake, of_queries, of_runs
from stacks.people.table import Person, results
from stacks.people.trust import trusted

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.lake import LakeStack
    from stacks.promotion import Promotion
    from stacks.settings import Settings


class PeopleStack(Stack):
    """One role and one workgroup for each `Person`; only engineers see and steer runs."""

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        lake: LakeStack,
        promotion: Promotion,
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: people's roles")
        self.settings = settings
        self.lake = lake
        self.roles = {person: self._role(person) for person in Person}
        for statement in of_runs(self, promotion.machine, promotion.name):
            self.roles[Person.ENGINEER].add_to_policy(statement)

    def _role(self, person: Person) -> iam.Role:
        settings = self.settings
        role = iam.Role(
            self,
            person.capitalize(),
            path=f"/{settings.name}/people/",
            description=f"For people who work as {person}",
            assumed_by=trusted(settings.principals(person)),
            max_session_duration=Duration.hours(settings.session_hours),
        )
        workgroup = self._workgroup(person)
        for statement in (
            *in_the_lake(person, self.lake),
            *of_queries(self, workgroup.name, settings.gold_database),
        ):
            role.add_to_policy(statement)
        CfnOutput(self, f"{person.capitalize()}Role", value=role.role_arn)
        return role

    def _workgroup(self, person: Person) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            self,
            f"{person.capitalize()}Workgroup",
            name=self.settings.athena_workgroup(person),
            description=f"Queries of {person}s, with a scan limit that no client can lift",
            recursive_delete_option=True,  # it holds the history of queries, no data
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=self.settings.athena_scan_limit_mb * 1_000_000,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.lake.bucket.bucket_name}/{results(person)}",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=self.lake.key.key_arn
                    ),
                ),
            ),
        )

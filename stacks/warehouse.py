"""The warehouse: Redshift Serverless in private subnets, reached only through the Data API.

Opt-in, since it costs money while it works: see `Settings.warehouse`. The laptop deploys every
stack but this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_redshiftserverless as redshift

from stacks.functions import retention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from stacks.settings import Settings

ZONES = 3
"""Redshift Serverless wants three; us-west-1 has two, so it cannot take this stack."""
COPIED = ("work/delta/*", "work/state/*", "runs/*/load/*")
"""What COPY may read: what runs change, all of state, and the manifests that name either."""
MAX_CAPACITY_FACTOR = 4
OWN_STATEMENTS = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}


class WarehouseStack(Stack):
    """Network, namespace (the data), workgroup (the compute), and who may do what with them.

    `load_role` is the load function's, `people` are the roles of those who may ask. The names of
    workgroup and database come from the settings, so that the pipeline knows them without depending
    on this stack.
    """

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        lake_bucket: s3.IBucket,
        lake_key: kms.IKey,
        load_role: iam.IRole,
        people: Iterable[iam.IRole],
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: the warehouse")
        self.settings = settings
        self.removal = RemovalPolicy.DESTROY if settings.destroy_data else RemovalPolicy.RETAIN
        self.copy_role = self._copy_role(lake_bucket, lake_key)
        self.vpc = self._network()
        self.namespace = self._namespace()
        self.workgroup = self._workgroup()
        self._allow_loads(load_role)
        self._allow("Queries", people, self._of_statements())
        CfnOutput(self, "WorkgroupName", value=settings.warehouse_workgroup)
        CfnOutput(self, "DatabaseName", value=settings.warehouse_database)
        CfnOutput(
            self,
            "LoaderRole",
            value=load_role.role_name,
            description="For python -m local.warehouse.ddl --loader, which creates the tables",
        )

    def _copy_role(self, bucket: s3.IBucket, key: kms.IKey) -> iam.Role:
        """What COPY reads with: deltas, state and their manifests, and nothing else of the lake."""
        role = iam.Role(
            self,
            "CopyRole",
            description="Lets COPY read the lake's deltas",
            assumed_by=iam.CompositePrincipal(
                iam.ServicePrincipal("redshift.amazonaws.com"),
                iam.ServicePrincipal("redshift-serverless.amazonaws.com"),
            ),
        )
        objects = [bucket.arn_for_objects(each) for each in COPIED]
        role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=objects))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                resources=[bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": list(COPIED)}},
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["s3:GetBucketLocation"], resources=[bucket.bucket_arn])
        )
        role.add_to_policy(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]))
        return role

    def _network(self) -> ec2.Vpc:
        """Subnets without a way out; S3 is reached through its gateway, free of charge.

        A Vpc that does not know its region would take two zones, whatever `max_azs` says.
        """
        network = ec2.Vpc(
            self,
            "Network",
            availability_zones=[Fn.select(number, Fn.get_azs()) for number in range(ZONES)],
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Warehouse", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
                )
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        log = logs.LogGroup(
            self,
            "FlowLog",
            retention=retention(self.settings.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        network.add_flow_log("Flows", destination=ec2.FlowLogDestination.to_cloud_watch_logs(log))
        return network

    def _namespace(self) -> redshift.CfnNamespace:
        key = kms.Key(
            self,
            "Key",
            description="Encrypts the warehouse and its administrator's password",
            enable_key_rotation=True,
            removal_policy=self.removal,
        )
        namespace = redshift.CfnNamespace(
            self,
            "Namespace",
            namespace_name=self.settings.warehouse_workgroup,
            db_name=self.settings.warehouse_database,
            kms_key_id=key.key_arn,
            manage_admin_password=True,
            admin_password_secret_kms_key_id=key.key_id,
            default_iam_role_arn=self.copy_role.role_arn,
            iam_roles=[self.copy_role.role_arn],
            log_exports=["connectionlog", "userlog", "useractivitylog"],
        )
        namespace.apply_removal_policy(self.removal)
        return namespace

    def _workgroup(self) -> redshift.CfnWorkgroup:
        settings = self.settings
        group = ec2.SecurityGroup(
            self,
            "Closed",
            vpc=self.vpc,
            description="Lets nobody in: clients use the Data API",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "S3 through its gateway")
        workgroup = redshift.CfnWorkgroup(
            self,
            "Workgroup",
            workgroup_name=settings.warehouse_workgroup,
            namespace_name=settings.warehouse_workgroup,
            base_capacity=settings.warehouse_rpu,
            max_capacity=settings.warehouse_rpu * MAX_CAPACITY_FACTOR,
            enhanced_vpc_routing=True,
            publicly_accessible=False,
            subnet_ids=[subnet.subnet_id for subnet in self.vpc.isolated_subnets],
            security_group_ids=[group.security_group_id],
            config_parameters=[
                redshift.CfnWorkgroup.ConfigParameterProperty(
                    parameter_key="require_ssl", parameter_value="true"
                )
            ],
        )
        workgroup.add_resource_dependency(self.namespace)
        return workgroup

    def _allow_loads(self, role: iam.IRole) -> None:
        """The load function also looks for the statements of an attempt before this one."""
        listing = iam.PolicyStatement(actions=["redshift-data:ListStatements"], resources=["*"])
        self._allow("Load", [role], [*self._of_statements(), listing])

    def _allow(
        self, name: str, roles: Iterable[iam.IRole], statements: list[iam.PolicyStatement]
    ) -> None:
        """A policy of this stack on roles of others, which need not know this stack."""
        iam.Policy(self, name, roles=list(roles), statements=statements)

    def _of_statements(self) -> list[iam.PolicyStatement]:
        """To connect and to submit; what may be seen there, grants in the warehouse say."""
        return [
            iam.PolicyStatement(
                actions=[
                    "redshift-data:BatchExecuteStatement",
                    "redshift-data:ExecuteStatement",
                    "redshift-serverless:GetCredentials",
                ],
                resources=[self.workgroup.attr_workgroup_workgroup_arn],
            ),
            # These take no resource; a caller reaches only the statements that it submitted.
            iam.PolicyStatement(
                actions=[
                    "redshift-data:CancelStatement",
                    "redshift-data:DescribeStatement",
                    "redshift-data:GetStatementResult",
                ],
                resources=["*"],
                conditions=OWN_STATEMENTS,
            ),
        ]

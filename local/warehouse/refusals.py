"""What Redshift refuses and PostgreSQL would take: the reason that green here is green there.

Sources: the Amazon Redshift Database Developer Guide ("Unsupported PostgreSQL features", "… data
types", "… functions", "Leader node-only functions", MERGE, TRUNCATE). The list is not whole; it
covers what our SQL might slip into. tests/unit/warehouse shows it as a table of statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from local.warehouse.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSUPPORTED_NODES: dict[type[exp.Expr], str] = {
    exp.Returning: "RETURNING is not supported",
    exp.OnConflict: "INSERT ... ON CONFLICT is not supported",
    exp.Filter: "the FILTER clause of aggregates is not supported",
    exp.Lateral: "LATERAL is not supported",
    exp.Lock: "SELECT ... FOR UPDATE is not supported",
    exp.TableSample: "TABLESAMPLE is not supported",
    exp.Fetch: "FETCH FIRST is not supported, use LIMIT",
    exp.CheckColumnConstraint: "CHECK constraints are not supported",
    exp.Check: "CHECK constraints are not supported",
    exp.ExcludeColumnConstraint: "EXCLUDE constraints are not supported",
    exp.PartitionedByProperty: "table partitioning is not supported",
    exp.InheritsProperty: "table inheritance is not supported",
    exp.TriggerProperties: "triggers are not supported",
}
UNSUPPORTED_TYPES = {
    "ARRAY", "BIT", "BIGSERIAL", "CIDR", "ENUM", "HSTORE", "INET", "INT4RANGE", "INT8RANGE",
    "JSON", "JSONB", "MONEY", "NUMRANGE", "OID", "SERIAL", "SMALLSERIAL", "TSRANGE", "UUID", "XML",
}  # fmt: skip
UNSUPPORTED_KINDS = {"INDEX", "SEQUENCE", "TRIGGER", "DOMAIN", "TYPE", "EXTENSION", "RULE"}
UNSUPPORTED_FUNCTIONS = {
    "array_agg", "array_append", "array_cat", "array_length", "array_position", "array_prepend",
    "array_remove", "array_to_json", "array_to_string", "age", "bit_length", "clock_timestamp",
    "convert_from", "convert_to", "cardinality", "encode", "decode_bytea", "every", "format",
    "gen_random_uuid", "isfinite", "json_agg", "json_build_object", "json_object_agg", "jsonb_agg",
    "jsonb_array_elements", "jsonb_build_array", "jsonb_build_object", "jsonb_extract_path",
    "jsonb_set", "justify_days", "justify_hours", "make_date", "make_interval", "make_timestamp",
    "mode", "nextval", "num_nonnulls", "overlay", "pg_sleep", "quote_nullable", "regexp_matches",
    "regexp_split_to_array", "regexp_split_to_table", "row_to_json", "setval", "string_agg",
    "string_to_array", "to_json", "to_jsonb", "transaction_timestamp", "unnest",
    "uuid_generate_v4", "xmlagg",
}  # fmt: skip
JSON_OPERATORS = {"->", "->>", "#>", "#>>"}
LEADER_NODE_FUNCTIONS = {
    "current_schemas", "generate_series", "localtime", "localtimestamp", "now",
    "pg_get_viewdef", "current_timestamp",
}  # fmt: skip
# Redshift's own that sqlglot has no class for; any other name that it does not know is refused.
KNOWN_FUNCTIONS = {
    "add_months", "btrim", "cbrt", "charindex", "checksum", "chr", "convert_timezone",
    "current_schema", "date_cmp", "date_part", "dexp", "dlog1", "dlog10", "farmhash64", "getdate",
    "has_schema_privilege", "has_table_privilege", "interval_cmp", "is_valid_json",
    "is_valid_json_array", "json_array_length", "json_extract_array_element_text",
    "json_extract_path_text", "len", "mod", "octet_length", "oct_length", "pg_backend_pid",
    "quote_ident", "quote_literal", "ratio_to_report", "regexp_count", "regexp_instr",
    "regexp_substr", "sha", "sha1", "sha2", "strtol", "sysdate", "textlen", "timeofday",
    "timestamp_cmp", "to_number", "to_timestamp", "version", "width_bucket",
}  # fmt: skip
ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy, exp.Create, exp.Drop,
    exp.Alter, exp.TruncateTable, exp.Analyze, exp.Grant, exp.Comment,
)  # fmt: skip


def refuse(statement: exp.Expr, called: Iterable[str], *, in_batch: bool) -> None:
    """Raises RefusedError if Redshift would not run the statement.

    `called` are the function names and JSON operators as written, in lower case: sqlglot reads
    some of PostgreSQL's and Redshift's into one class, so the spelling has to tell.
    """
    if not isinstance(statement, ALLOWED):
        verb = statement.sql("redshift", comments=False).split(maxsplit=1)[0]
        raise RefusedError(f"statement not supported: {verb}")
    for node in statement.walk():
        _refuse_node(node)
    _refuse_functions(statement, set(called))
    if isinstance(statement, exp.Merge):
        _refuse_merge(statement)
    if isinstance(statement, exp.Create):
        _refuse_create(statement)
    if isinstance(statement, exp.TruncateTable) and in_batch:
        raise RefusedError(
            "TRUNCATE commits the transaction that it runs in, so a batch with it would not be "
            "atomic: use DELETE"
        )


def _refuse_node(node: exp.Expr) -> None:
    reason = UNSUPPORTED_NODES.get(type(node))
    if reason:
        raise RefusedError(reason)
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        raise RefusedError("SELECT DISTINCT ON is not supported")
    if isinstance(node, exp.Select) and not node.expressions:
        raise RefusedError("syntax error: SELECT of nothing")
    if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
        raise RefusedError("WITH takes queries only: data-modifying statements are not supported")
    if isinstance(node, exp.DataType) and node.this.name in UNSUPPORTED_TYPES:
        raise RefusedError(f"type {node.sql('redshift').lower()} is not supported")
    if isinstance(node, exp.Array | exp.Bracket):
        raise RefusedError("arrays are not supported")


def _refuse_functions(statement: exp.Expr, called: set[str]) -> None:
    if called & JSON_OPERATORS:
        raise RefusedError("JSON operators are not supported, use JSON_EXTRACT_PATH_TEXT")
    for name in sorted(called & UNSUPPORTED_FUNCTIONS):
        raise RefusedError(f"function {name}() does not exist")
    for function in statement.find_all(exp.Anonymous):
        name = str(function.this).lower()
        if name not in KNOWN_FUNCTIONS | LEADER_NODE_FUNCTIONS:
            raise RefusedError(f"function {name}() does not exist")
    reads_tables = any(source.find(exp.Table) for source in statement.find_all(exp.From, exp.Join))
    for name in sorted(called & LEADER_NODE_FUNCTIONS):
        if reads_tables or isinstance(statement, exp.Create):
            raise RefusedError(
                "Specified types or functions (one per INFO message) not supported on Redshift "
                f"tables: {name} runs on the leader node only"
            )


def _refuse_merge(merge: exp.Merge) -> None:
    if merge.this.alias:
        raise RefusedError("MERGE: the target table cannot have an alias")
    if not isinstance(merge.args["using"], exp.Table):
        raise RefusedError("MERGE: the source must be a table, not a subquery or view")
    on = merge.args["on"].unnest()
    for predicate in on.flatten() if isinstance(on, exp.And) else [on]:
        columns = all(isinstance(side, exp.Column) for side in predicate.iter_expressions())
        if not (isinstance(predicate, exp.EQ) and columns):
            raise RefusedError("MERGE: ON takes equalities of columns only, joined by AND")
    _refuse_whens(merge.args["whens"].expressions)


def _refuse_whens(whens: list[exp.When]) -> None:
    for when in whens:
        if when.args.get("condition"):
            raise RefusedError("MERGE: WHEN [NOT] MATCHED AND is not supported")
        if when.args.get("source"):
            raise RefusedError("MERGE: WHEN NOT MATCHED BY SOURCE is not supported")
        if not isinstance(when.args["then"], exp.Update | exp.Insert) and (
            when.args["then"].name.upper() != "DELETE"
        ):
            raise RefusedError("MERGE: DO NOTHING is not supported")
    if [bool(when.args["matched"]) for when in whens] != [True, False]:
        raise RefusedError("MERGE: needs one WHEN MATCHED and one WHEN NOT MATCHED, in this order")


def _refuse_create(create: exp.Create) -> None:
    kind = str(create.args["kind"]).upper()
    if kind in UNSUPPORTED_KINDS:
        raise RefusedError(f"CREATE {kind} is not supported")
    for column in create.find_all(exp.ColumnDef):
        for constraint in column.find_all(exp.GeneratedAsIdentityColumnConstraint):
            # SERIAL is read as an identity without a start.
            if constraint.args.get("start") is None:
                raise RefusedError("SERIAL is not supported, use IDENTITY(seed, step)")

"""One Redshift statement read, refused where Redshift would refuse it, and put into PostgreSQL's.

What PostgreSQL lacks is dropped (distribution, sorting, encoding), and so is what Redshift has but
does not enforce (primary and unique keys): a load that forgets to deduplicate shows duplicates.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, TokenError

from local.warehouse.errors import RefusedError
from local.warehouse.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of commands that it only passes on

LOCK = re.compile(r"LOCK\s+(?:TABLE\s+)?(?P<tables>[\w\".,\s]+?)\s*;?\s*$", re.IGNORECASE)
CREATE_USER = re.compile(
    r'CREATE\s+USER\s+(?P<user>"[^"]+"|\w+)\s+PASSWORD\s+DISABLE\s*;?\s*$', re.IGNORECASE
)
CREATE_ROLE = re.compile(r"CREATE\s+ROLE\s+(?P<role>\w+)\s*;?\s*$", re.IGNORECASE)
OF_ROLE = re.compile(r"\bROLE\s+(?=\w)", re.IGNORECASE)
"""PostgreSQL's roles are named like its users: no word tells one from the other."""
PRIVILEGES = re.compile(r"(?P<verb>GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES)\b", re.IGNORECASE)
SIMPLIFIED_MERGE = re.compile(
    r"^\s*MERGE\b.*\bREMOVE\s+DUPLICATES\s*;?\s*$", re.IGNORECASE | re.DOTALL
)
DROPPED_CONSTRAINTS = (
    exp.PrimaryKeyColumnConstraint,
    exp.UniqueColumnConstraint,
    exp.EncodeColumnConstraint,
    exp.Reference,
)
DROPPED_TABLE_CONSTRAINTS = (exp.PrimaryKey, exp.UniqueColumnConstraint, exp.ForeignKey)
TELLING_TOKENS = (
    TokenType.CURRENT_TIMESTAMP,
    TokenType.LOCALTIMESTAMP,
    TokenType.ARROW,
    TokenType.DARROW,
    TokenType.HASH_ARROW,
    TokenType.DHASH_ARROW,
)
BYTES_CHECK = "redshift_bytes"
"""In the names of the checks that make VARCHAR(n) count bytes, so that errors can be told."""


@dataclass(frozen=True)
class CopyCommand:
    """COPY table [(columns)] FROM 's3://…' IAM_ROLE … FORMAT PARQUET [MANIFEST]."""

    table: str
    columns: tuple[str, ...]
    source: str
    manifest: bool


@dataclass(frozen=True)
class Translated:
    """A statement for PostgreSQL; `verb` is its first word, such as MERGE."""

    verb: str
    sql: str
    copy: CopyCommand | None = None


def translate(sql: str, parameters: Mapping[str, str], *, in_batch: bool) -> Translated:
    """The statement as PostgreSQL takes it. Raises RefusedError in Redshift's stead."""
    uncommented = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    lock = LOCK.match(uncommented.strip())
    if lock:
        return Translated("LOCK", f"LOCK TABLE {lock['tables']} IN ACCESS EXCLUSIVE MODE")
    rights = _rights(uncommented.strip())
    if rights:
        return rights
    if SIMPLIFIED_MERGE.match(uncommented):
        raise RefusedError("the stand-in does not know MERGE ... REMOVE DUPLICATES")
    statement = _parsed(sql)
    refuse(statement, _called(sql), in_batch=in_batch)
    statement = statement.transform(_filled, parameters)
    verb = uncommented.split(maxsplit=1)[0].upper()
    if isinstance(statement, exp.Copy):
        return Translated(verb, sql, _copy_command(statement))
    if isinstance(statement, exp.Analyze):
        return Translated(verb, "ANALYZE")
    if isinstance(statement, exp.Create):
        _adapt_create(statement)
    return Translated(verb, statement.transform(_adapted).sql("postgres", comments=False))


def _rights(sql: str) -> Translated | None:
    """Users, roles and privileges: sqlglot does not know every object of a GRANT."""
    user, role = CREATE_USER.match(sql), CREATE_ROLE.match(sql)
    if user:
        return Translated("CREATE", f"CREATE ROLE {user['user']} LOGIN")
    if role:
        return Translated("CREATE", f"CREATE ROLE {role['role']} NOLOGIN")
    privileges = PRIVILEGES.match(sql)
    if privileges:
        return Translated(privileges["verb"].split()[0].upper(), OF_ROLE.sub("", sql))
    return None


def named_parameters(sql: str) -> set[str]:
    """The `:name` references of a statement."""
    tokens = list(sqlglot.tokenize(sql, read="redshift"))
    return {
        name.text
        for colon, name in pairwise(tokens)
        if colon.token_type is TokenType.COLON and name.start == colon.end + 1
    }


def _parsed(sql: str) -> exp.Expr:
    try:
        statements = [each for each in sqlglot.parse(sql, read="redshift") if each is not None]
    except ParseError as error:
        raise RefusedError(f"syntax error: {error.errors[0]['description']}") from error
    except TokenError as error:
        raise RefusedError(f"syntax error: {error}") from error
    if not statements:
        raise RefusedError("the statement is empty")
    if len(statements) > 1:
        raise RefusedError("cannot insert multiple commands into a prepared statement")
    return statements[0]


def _called(sql: str) -> Iterator[str]:
    """Names before a parenthesis, functions that are written without one, and JSON operators."""
    tokens = list(sqlglot.tokenize(sql, read="redshift"))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        before_parenthesis = following is not None and following.token_type is TokenType.L_PAREN
        if before_parenthesis or token.token_type in TELLING_TOKENS:
            yield token.text.lower()


def _filled(node: exp.Expr, parameters: Mapping[str, str]) -> exp.Expr:
    if not isinstance(node, exp.Placeholder):
        return node
    if node.name not in parameters:
        raise RefusedError(f'syntax error at or near ":": no value for :{node.name}')
    return exp.Literal.string(parameters[node.name])


def _copy_command(statement: exp.Copy) -> CopyCommand:
    options = {each.this.name.upper(): each.expression for each in statement.args["params"]}
    file_format = options.pop("FORMAT", None)
    if file_format is None or file_format.name.upper() != "PARQUET":
        raise RefusedError("the stand-in's COPY reads FORMAT PARQUET only")
    credentials = statement.args.get("credentials")
    if credentials is None or not credentials.args.get("iam_role"):
        raise RefusedError("COPY needs an IAM_ROLE")
    manifest = "MANIFEST" in options
    unknown = sorted(options.keys() - {"MANIFEST", "STATUPDATE"})
    if unknown:
        raise RefusedError(f"COPY from a columnar format does not take {', '.join(unknown)}")
    target = statement.this
    columns = tuple(each.name for each in target.expressions) if target.expressions else ()
    table = target.this if isinstance(target, exp.Schema) else target
    source = statement.args["files"][0].name
    return CopyCommand(table.sql("postgres"), columns, source, manifest)


def _adapt_create(create: exp.Create) -> None:
    """Leaves what PostgreSQL takes of a CREATE TABLE, and adds what Redshift means by it."""
    properties = create.args.get("properties")
    if properties:
        kept = [each for each in properties.expressions if isinstance(each, exp.TemporaryProperty)]
        create.set("properties", exp.Properties(expressions=kept) if kept else None)
    schema = create.this
    if not isinstance(schema, exp.Schema):
        return
    schema.set("expressions", list(_adapted_columns(schema)))


def _adapted_columns(schema: exp.Schema) -> Iterator[exp.Expr]:
    keys = {key.name for each in schema.find_all(exp.PrimaryKey) for key in each.expressions}
    for entry in schema.expressions:
        unwrapped = entry.expressions[0] if isinstance(entry, exp.Constraint) else entry
        if isinstance(unwrapped, DROPPED_TABLE_CONSTRAINTS):
            continue
        if isinstance(entry, exp.ColumnDef):
            _adapt_column(entry, is_key=entry.name in keys)
        if isinstance(entry, exp.LikeProperty):  # its checks of bytes come along
            entry.set("expressions", [exp.Property(this="INCLUDING", value=exp.var("CONSTRAINTS"))])
        yield entry


def _adapt_column(column: exp.ColumnDef, *, is_key: bool) -> None:
    constraints = column.args["constraints"]
    is_key = is_key or any(
        isinstance(each.kind, exp.PrimaryKeyColumnConstraint) for each in constraints
    )
    kept = [each for each in constraints if not isinstance(each.kind, DROPPED_CONSTRAINTS)]
    if is_key and not any(isinstance(each.kind, exp.NotNullColumnConstraint) for each in kept):
        kept.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    kind = column.kind
    if kind is not None and kind.is_type("varchar", "text"):
        length = int(kind.expressions[0].name) if kind.expressions else 256
        column.set("kind", exp.DataType.build(f"varchar({length})"))
        kept.append(_bytes_check(column.name, length))
    column.set("constraints", kept)


def _bytes_check(name: str, length: int) -> exp.ColumnConstraint:
    """VARCHAR(n) counts bytes in Redshift, characters in PostgreSQL."""
    size = exp.func("octet_length", exp.column(name, quoted=True), dialect="postgres")
    return exp.ColumnConstraint(
        this=exp.to_identifier(f"{BYTES_CHECK}_{name}"),
        kind=exp.CheckColumnConstraint(this=exp.LTE(this=size, expression=exp.convert(length))),
    )


def _adapted(node: exp.Expr) -> exp.Expr:
    """Functions, types and views whose PostgreSQL spelling would mean something else."""
    if isinstance(node, exp.Table) and node.name.lower() == "svv_roles":
        named = exp.select(exp.column("rolname").as_("role_name")).from_("pg_roles")
        return named.subquery("svv_roles")
    if isinstance(node, exp.CurrentTimestamp):  # GETDATE() and SYSDATE are UTC without a zone
        return exp.paren(
            exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=exp.Literal.string("UTC"))
        )
    if isinstance(node, exp.DataType) and node.is_type("decimal") and not node.expressions:
        return exp.DataType.build("decimal(18, 0)")
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.GroupConcat):
        order = exp.Order(this=node.this.this, expressions=node.expression.expressions)
        separator = node.this.args.get("separator") or exp.Literal.string("")
        return exp.GroupConcat(this=order, separator=separator)
    return node

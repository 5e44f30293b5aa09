-- A source's records to one entity, by its mapping: every column as text, in the contract's
-- spelling. What is there and cannot be read stays as it stands, and `unreadable` names its column.
-- `position` is that of a row among the record's, and 0 if there is no other. The fragments come
-- from the mapping (lambdas/clean/mapping/statements.py).
create or replace temp view mapped as
with part as (
    select
        record,
        fields,
        @members
    from source
),

text as (
    select
        record,
        sha256(cast(fields as varchar)) as identity,
        position,
        @extracted
    from part
),

-- what a record says, without white space; NULL where it says nothing
found as (
    select
        record,
        identity,
        position,
        @found
    from text
),

read as (
    select
        *,
        @read
    from found
    where
        not coalesce(try(
            @ignore
        ), false)
),

typed as (
    select
        *,
        {@parsed} as parsed
    from read
),

-- an expression that fails is NULL, and one that gives NULL is not
made as (
    select
        *,
        @made
    from typed
),

told as (
    select
        record,
        identity,
        position,
        case
            @unreadable
        end as unreadable,
        case when coalesce(made_deleted.value, false) then 'true' else 'false' end as deleted,
        @version_time as version_time,
        @version_sequence as version_sequence,
        @texts
    from made
    where coalesce(made_when.value, made_when is null)
)

select
    record,
    identity,
    position,
    false as bad_lines,
    -- as wide as the version of an API's state, and lower; then the time in microseconds since the
    -- year 1, the sequence, a tombstone last, and what the row says; NULL if it cannot be told
    '@lowest_version'
    || lpad(
        cast(
            -- of a time that cannot be read, but is one to the engine, there may be none
            try(date_diff(
                'microsecond',
                timestamp '0001-01-01',
                try_cast(version_time as timestamptz) at time zone 'UTC'
            )) as varchar
        ),
        18,
        '0'
    )
    || case
        when regexp_matches(version_sequence, '^[0-9]{1,15}(\.0*)?$')
            then lpad(split_part(version_sequence, '.', 1), 15, '0')
    end
    || case when deleted = 'true' then '1' else '0' end
    || left(sha256(concat_ws(@separator, @canonical)), 10) as version,
    deleted,
    unreadable,
    @columns
from told;

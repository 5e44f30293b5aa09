-- How a source's texts are read. Every macro gives NULL for what it cannot read; what is there and
-- cannot be read is told by the statement that asks (see mapped.sql). `matched` is what a pattern of
-- lambdas/clean/mapping/patterns.py finds, its members empty where it finds nothing. A list of one is
-- a name for a value that is needed more than once.
set TimeZone = 'UTC';

-- Without white space around it, of whatever kind; NULL if nothing is left, or a word for nothing.
create or replace temp macro present(written, absent) as nullif(
    regexp_replace(
        regexp_replace(
            written,
            '^[\s\p{Z}\x{feff}\x{200b}]+|[\s\p{Z}\x{feff}\x{200b}]+$',
            '',
            'g'
        ),
        absent,
        ''
    ),
    ''
);

-- One kind of space, of minus and of apostrophe.
create or replace temp macro plain(written) as translate(
    regexp_replace(written, '[\s\p{Z}]', ' ', 'g'),
    '−﹣－‐‑‒–’‘ʼ´`＇',
    '-------' || repeat('''', 6)
);

-- Digits of a number, the decimal point at a place among them, which may lie outside of them.
create or replace temp macro pointed(digits, place) as regexp_replace(
    case
        when place <= 0 then '0.' || repeat('0', -place) || digits
        when place >= length(digits) then digits || repeat('0', place - length(digits))
        else left(digits, place) || '.' || substr(digits, place + 1)
    end,
    '^0+([0-9])',
    '\1'
);

-- `found` is what a number's pattern finds. Signs stand in front, behind or as parentheses, once; so does a
-- currency.
create or replace temp macro numeral(found) as case
    when
        found.whole || found.fraction <> ''
        and (found.sign_1 || found.sign_2, found.sign_3 || found.sign_4)
        in (('', ''), ('-', ''), ('+', ''), ('', '-'), ('(', ')'))
        and (found.currency_1 = '' or found.currency_2 = '')
        then
            case
                when found.sign_1 || found.sign_2 || found.sign_3 || found.sign_4 in ('', '+')
                    then ''
                else '-'
            end
            || pointed(
                regexp_replace(found.whole, '[^0-9]', '', 'g') || found.fraction,
                length(regexp_replace(found.whole, '[^0-9]', '', 'g'))
                + coalesce(try_cast(found.exponent as integer), 0)
            )
end;

create or replace temp macro read_number(matched) as list_transform(
    [matched],
    lambda found: numeral(found)
)[1];

-- An amount that an expression made. What only a float has is left out: 1.1 * 7 is 7.7, and
-- 7.700000000000001 to the engine.
create or replace temp macro amount_of(made) as case
    when typeof(made) in ('DOUBLE', 'FLOAT')
        then cast(round(try_cast(cast(made as varchar) as double), 6) as varchar)
    else cast(made as varchar)
end;

-- Two readings of one text: NULL if they differ.
create or replace temp macro either(one, other) as case
    when one is null or other is null or one = other then coalesce(one, other)
end;

-- A time of a zone in UTC. NULL if the zone's clocks were put forward over it, so that it never
-- was; of an hour that comes twice, the later.
create or replace temp macro utc_of(local, zone) as list_transform(
    [local at time zone zone],
    lambda moment: case when moment at time zone zone = local then moment at time zone 'UTC' end
)[1];

-- `found` is what the pattern of ISO 8601 finds. What is finer than a microsecond is cut.
create or replace temp macro iso_clock(found) as try_cast(
    found.year || '-' || found.month || '-' || found.day || ' ' || found.hour || ':' || found.minute
    || case when found.second = '' then ':00' else ':' || found.second end
    || case when found.fraction = '' then '' else '.' || left(found.fraction, 6) end
    as timestamp
);

create or replace temp macro iso_moment(found, zone) as case
    when found.hour = '' then try_cast(found.year || '-' || found.month || '-' || found.day as timestamp)
    when found.utc = '' and found.sign = '' then utc_of(iso_clock(found), zone)
    else
        iso_clock(found)
        - coalesce(try_cast(found.sign || '1' as integer), 1)
        * to_minutes(
            60 * coalesce(try_cast(found.hours as integer), 0)
            + coalesce(try_cast(found.minutes as integer), 0)
        )
end;

create or replace temp macro read_iso(matched, zone) as list_transform(
    [matched],
    lambda found: iso_moment(found, zone)
)[1];

-- Microseconds since 1970, of seconds, milliseconds or microseconds; `scale` is how many of these
-- the unit has, and 0 tells it by the size: seconds until the year 5138, milliseconds from 1973.
create or replace temp macro epoch_scale(number) as case
    when abs(number) < 100000000000 then 1000000
    when abs(number) < 100000000000000 then 1000
    else 1
end;

create or replace temp macro read_epoch(written, scale) as list_transform(
    [try_cast(written as decimal(38, 9))],
    lambda number: try(
        make_timestamp(
            cast(floor(number * case when scale = 0 then epoch_scale(number) else scale end) as bigint)
        )
    )
)[1];

-- As the contract spells a time; NULL outside of the years 1 to 9999.
create or replace temp macro spelled_time(moment) as case
    when moment between @years then strftime(moment, '%Y-%m-%dT%H:%M:%S.%fZ')
end;

-- 60 bits of a digest of the key, above every id that the API gives.
create or replace temp macro natural_id(written) as cast(
    (1::bigint << 60) + cast('0x' || left(sha256(written), 15) as bigint) as varchar
);

-- A number from 1 that tells a row from the others of its key, as far as 31 bits can.
create or replace temp macro natural_number(written) as cast(
    1 + cast('0x' || left(sha256(written), 15) as bigint) % 2147483647 as varchar
);

-- A UUID of version 8 (RFC 9562) out of the key's digest.
create or replace temp macro natural_uuid(written) as list_transform(
    [sha256(written)],
    lambda digest: concat_ws(
        '-',
        left(digest, 8),
        substr(digest, 9, 4),
        '8' || substr(digest, 14, 3),
        translate(substr(digest, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab') || substr(digest, 18, 3),
        substr(digest, 21, 12)
    )
)[1];

-- The members of a list in a record; an object where a list should be is its only member.
create or replace temp macro members(listed) as case json_type(listed)
    when 'ARRAY' then cast(listed as json[])
    when 'OBJECT' then [listed]
    else []
end;

-- A record as it is; labelled.sql has it where an object's folders say more.
create or replace temp macro labelled(fields) as fields;

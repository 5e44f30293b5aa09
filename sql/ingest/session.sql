-- How values are spelt, whatever the server's and the role's own settings; and how long all may take.
SELECT
    set_config('client_encoding', 'UTF8', true),
    set_config('timezone', 'UTC', true),
    set_config('datestyle', 'ISO, YMD', true),
    set_config('intervalstyle', 'iso_8601', true),
    set_config('bytea_output', 'hex', true),
    set_config('extra_float_digits', '1', true),
    set_config('standard_conforming_strings', 'on', true),
    set_config('statement_timeout', '@statement_ms', true),
    set_config('lock_timeout', '@lock_ms', true),
    set_config('idle_in_transaction_session_timeout', '@statement_ms', true)

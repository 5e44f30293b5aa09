-- The moment up to which the data tells all: of a replica, as far as it has come, if it says so.
(CASE
    WHEN pg_is_in_recovery()
        THEN least(now(), coalesce(pg_last_xact_replay_timestamp(), now()))
    ELSE now()
END)

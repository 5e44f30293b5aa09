-- The highest version wins. MERGE knows no WHEN MATCHED AND, so older rows leave the stage first.
DELETE FROM stage
USING store.{{ table }} AS kept
WHERE {{ same_key }} AND stage.version <= kept.version;

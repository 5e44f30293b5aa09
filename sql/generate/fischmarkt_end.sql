SELECT setval('receipt_lines_id_seq', (SELECT max(id) FROM receipt_lines));
-- A pull goes by this server's clock: what changed on the second day did so just now, and is behind
-- the minute that a pull stays back.
UPDATE articles
SET changed_at = now() - interval '2 minutes'
WHERE changed_at >= @cut;
COMMIT;

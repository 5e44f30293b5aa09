-- As gold in the lake: views read the store with their owner's rights, so these need none there.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ROLE engineer, ROLE scientist, ROLE analyst;

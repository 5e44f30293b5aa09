GRANT SELECT ON ALL TABLES IN SCHEMA marts TO ROLE engineer, ROLE scientist, ROLE analyst;

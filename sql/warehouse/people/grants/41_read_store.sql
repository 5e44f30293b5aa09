-- As work/ in the lake: versions and tombstones, for those who read state.
GRANT SELECT ON ALL TABLES IN SCHEMA store TO ROLE engineer, ROLE scientist;

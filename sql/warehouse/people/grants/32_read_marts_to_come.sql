-- Of what is made by whoever applies this.
ALTER DEFAULT PRIVILEGES IN SCHEMA marts
GRANT SELECT ON TABLES TO ROLE engineer, ROLE scientist, ROLE analyst;

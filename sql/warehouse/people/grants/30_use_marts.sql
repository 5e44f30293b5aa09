GRANT USAGE ON SCHEMA marts TO ROLE engineer, ROLE scientist, ROLE analyst;

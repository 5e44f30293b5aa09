GRANT USAGE ON SCHEMA public TO ROLE engineer, ROLE scientist, ROLE analyst;

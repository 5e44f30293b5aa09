GRANT USAGE ON SCHEMA store TO ROLE engineer, ROLE scientist;

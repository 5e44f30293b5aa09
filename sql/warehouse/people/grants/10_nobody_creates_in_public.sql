-- Redshift lets everybody create in public; there only the star's views are.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

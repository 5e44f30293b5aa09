SELECT usename FROM pg_user;

CREATE TEMP TABLE stage (LIKE store.{{ table }});

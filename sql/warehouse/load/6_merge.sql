MERGE INTO store.{{ table }}
USING stage
    ON {{ merge_key }}
WHEN MATCHED THEN UPDATE SET {{ assignments }}
WHEN NOT MATCHED THEN INSERT ({{ columns }}) VALUES ({{ staged }});

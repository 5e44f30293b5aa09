-- By manifest: the prefix of run-1 would load run-10 too. The default role is the namespace's.
COPY stage FROM {{ manifest }}
IAM_ROLE DEFAULT
FORMAT AS PARQUET
MANIFEST;

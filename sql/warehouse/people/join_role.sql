-- The user is an IAM role's: "IAMR:<its name>".
GRANT ROLE {{ role }} TO {{ user }};

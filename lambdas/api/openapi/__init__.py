"""The API's own description: an OpenAPI 3.1 document and a page to try it on."""

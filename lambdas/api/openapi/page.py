"""A page to read and try the API on: Swagger UI, as Powertools ships it, in one piece."""

from __future__ import annotations

from importlib.resources import files

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Samn's Mercado: API</title>
<style>{style}</style>
</head>
<body>
<div id="api"></div>
<script>{script}</script>
<script>
const here = new URL(".", location.href).href.replace(/[/]$/, "");
fetch("openapi.json").then(answer => answer.json()).then(spec => SwaggerUIBundle({{
  spec: {{...spec, servers: [{{url: here}}]}}, dom_id: "#api", deepLinking: true,
}}));
</script>
</body>
</html>
"""
ASSETS = "aws_lambda_powertools.event_handler.openapi.swagger_ui"


def page() -> str:
    """HTML that fetches nothing but the document beside it."""
    assets = files(ASSETS)
    return PAGE.format(
        style=assets.joinpath("swagger-ui.min.css").read_text(),
        script=assets.joinpath("swagger-ui-bundle.min.js").read_text(),
    )

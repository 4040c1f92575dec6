# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"The document that this package is generated from: its origin, its server, its credentials"

TITLE = "Enkrypt AI APIs"
VERSION = "2.0.0"
SHA256 = "8e500d599cf89fa48f8e9fc960690a8270f1ea575476d3971cf9a5055b789864"
GENERATOR = "openapi-python-client 0.29.1"
SERVER: str | None = "https://api.enkryptai.com"
SECURITY: tuple[tuple[tuple[str, str, str, str], ...], ...] = (
    (("apiKeyAuth", "apiKey", "header", "apikey"),),
)
KEY_REQUIRED = True

"""From the contract to generated code: the only room that knows openapi-python-client."""

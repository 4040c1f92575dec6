"""A service on loopback that knows a document.

samples   values drawn from the schemas of a contract
server    the service, and its check of requests by openapi-core
"""

# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""Contains endpoint functions for accessing the API"""

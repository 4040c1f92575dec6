"""Typed client for the Enkrypt AI model endpoints."""

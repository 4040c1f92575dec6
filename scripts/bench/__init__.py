"""Measures importing, calling and regenerating, beside other ways to make the same calls."""

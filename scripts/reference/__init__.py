"""The reference: static pages made of docstrings."""

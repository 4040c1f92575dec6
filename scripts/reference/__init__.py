"""The reference: static pages made of docstrings, by pdoc.

safe_html       Markdown to HTML in which nothing is live
types_in_words  types in words
contents        what the pages show, and in which order
"""

"""The reference: static pages made of docstrings, by pdoc.

__main__           the command; the template of pdoc, and the footer of every page
contents           what the pages show, and in which order
types_in_words     types in signatures and fields, and their links
safe_html          Markdown to HTML in which nothing is live
module.html.jinja2 our changes of pdoc's page of a module
custom.css         our changes of pdoc's style
"""

"""From vendor pages and documents, which are not trusted, to one checked openapi.yaml.

yaml_text   plain data of YAML and JSON text, with the place of each part
markdown    the documents in a Markdown page
document    a document from a file, and what its references lead to
prose       which keywords hold schemas, names, data or prose
pages       the checked documents of a vendor page
merge       the documents of several pages in one
rewrite     the text of openapi.yaml with some of its parts replaced
"""

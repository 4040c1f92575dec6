"""From vendor pages and documents, which are not trusted, to one checked openapi.yaml.

yaml_text    plain data of YAML and JSON text, with the place of each part
markdown     the documents in a Markdown page
document     a document from a file, and what its references lead to
references   what references and names inside one document lead to
prose        which keywords hold schemas, names, data or prose
parts        the parts of a document, and which operations use them
difference   the first place in which two parts mean different things
files_beside what a document refers to in files beside it
pages        the checked documents of a vendor page
rewrite      the text of openapi.yaml with some of its parts replaced
merge        the documents of several pages in one
record       openapi.yaml as it was last written, and whether it was edited since
site_index   the pages that the index of a documentation site lists
site_client  requests to one site, which is not trusted
page_cache   copies of downloaded pages
site         the pages of a site that hold operations; begin here for what is fetched
standing     the operations of a site compared with those of openapi.yaml
page_folder  the folder that fetched pages are written to
fetching     what the commands that fetch have in common
"""

"""From the contract to generated code: the only folder that imports openapi-python-client.

regenerate        a generated package in place of the old one; begin here
build             all that can be generated of a document
configuration     generator-config.yaml
plan              the classes and functions that a contract wants
lower             the plan as a document that the generator understands
current           the contract of openapi.yaml with these settings
pages             lists that come in pages, as the configuration says
parse             that document as the generator's own objects
prove             those objects compared with the plan
render            the package written, compiled and imported
template_globals  the functions and values that templates use
property_code     code for the fields and answers that templates write
content_types     Accept, Content-Type, charsets and encodings of forms, as code
origin            the document that a package was generated from
own_modules       the modules that the generator does not write
request_schemas   the schemas that requests are checked by
secret_fields     which fields hold secrets
templates/        our versions of the generator's templates
"""

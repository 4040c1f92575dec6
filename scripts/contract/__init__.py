"""What callers of the client rely on: one data model, a reader of the document, a reader of the code, and one comparison.

model            the contract; view: what a declared schema amounts to
from_document    the contract that the vendor's document states, with schemas and keywords
from_code        the contract that a generated package keeps, with code_types, code_operations, code_answers and hints
samples, probes, call_probes
                 what generated code does, beyond what it declares
compare          what differs between two contracts, and whom it breaks, with types, unions, limits, changes and words
conform          whether a package keeps what the document states, with vocabulary; inexpressible, unsendable: what no package could
lock             the accepted contract as a committed file
report           differences for people (Markdown), programs (JSON) and the changelog
"""

"""What callers of the client rely on: one data model, one reader of the document, and one comparison.

model      the contract, as a plain value
read       the contract that a document states, with read_operations, read_schemas, combine and names
compare    what differs between two contracts, and whom it breaks, with types, unions, limits, view, changes and words
lock       the accepted contract as a committed file
report     differences for people (Markdown), programs (JSON) and the changelog
"""

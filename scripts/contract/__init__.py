"""What callers of the client rely on: one data model, a reader of the document, a reader of the code, and one comparison.

model           the contract
from_document   the contract that the vendor's document states
from_code       the contract that a generated package keeps
compare         what differs between two contracts, and whom it breaks
conform         whether a package keeps what the document states
lock            the accepted contract as a committed file
report          differences for people (Markdown) and programs (JSON)
"""

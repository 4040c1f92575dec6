"""What callers of the client rely on.

schema       schemas: one class for each kind
names        the Python names of a contract
model        the contract, as a plain value
view         what stands at a place once references are followed
facade       what the methods of the clients take for granted
lock         the accepted contract as a committed file
lock_writer  what that file holds, of a contract
lock_reader  a contract, of what that file holds
reading/     the contract that a document states
comparing/   what differs between two contracts, and whom it breaks
reporting/   that for people, programs and pipelines
"""

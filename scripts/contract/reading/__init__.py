"""From a document to its contract.

contract     the whole contract; begin here
operations   operations with their parameters, bodies and answers
schemas      schemas, in one spelling
keywords     the keywords of JSON Schema, and which of them a schema has
combine      `allOf` and its like as one schema
rules        what values are checked by
names        the Python names of all of it
"""

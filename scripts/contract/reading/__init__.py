"""From a document to its contract.

contract      the whole contract; begin here
operations    operations with their parameters, bodies and answers
incoming      webhooks and callbacks, in which the service calls
access        credentials and servers
parts         parts of a document that are no schemas, and their references
media_types   what a content type is on the wire
shapes        which values parameters and forms can hold
schemas       schemas, in one form
nodes         the schemas of a document in one spelling, and their references
keywords      the keywords of JSON Schema
combine       what several parts of one schema say together
rules         what values are checked by
naming        the Python names of all of it
"""

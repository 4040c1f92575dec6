"""From a document to its contract.

contract      the whole contract; begin here
operations    operations with all that they are made of
parameters    their parameters
bodies        their request bodies and responses
content       content types and their schemas
incoming      webhooks and callbacks, in which the service calls
access        credentials and servers
whole_query   the parameter that is the whole query (`in: querystring`)
parts         parts of a document that are no schemas, and their references
untyped       values of any type, narrowed to the one that is needed, or why that cannot be done
media_types   what a content type is on the wire
shapes        which values parameters and forms can hold
schemas       schemas, in one form
nodes         the schemas of a document in one spelling, and their references
keywords      the keywords of JSON Schema
conjunctions  which schemas apply together
combine       what schemas say together
rules         what values are checked by
naming        the Python names of all of it
"""

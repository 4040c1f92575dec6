"""What differs between two contracts, and whom it breaks.

operations   two contracts; begin here
pairing      which operations and parameters of two contracts are the same one
access       servers and authentication
parameters   the parameters of two operations
messages     bodies and answers: content types, statuses, headers
media_types  media types as they count for callers
incoming     webhooks and callbacks, where the service calls
schemas      two schemas
travel       which types travel in which direction
differences  what differs in two schemas themselves, without what they are made of
variants     which variants of two unions are the same one
bounds       two sets of limits and values
rule_effects whether one rule of JSON Schema allows less or more than another
notes        two sets of annotations
content      what is left out
digests      content as digests, so that equal parts are found at once
folding      rows that only follow from others, under their causes
internal     a document without what is marked x-internal
context      what all parts of a comparison need
words        how a row names what it is about
changes      the rows, their rules, and the severity that follows from direction and effect
"""

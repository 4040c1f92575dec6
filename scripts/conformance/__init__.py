"""Every operation of any document, called and judged.

workers       documents through generation and trial, each in a process of its own
exercise      the operations of one generated package, one after another
trial         one generated function, called in every way that shows something
services      the service that a trial calls, and a network that only records
arguments     values of a document in the types that generated functions take
other_values  values with one place changed

judge         verdicts on requests and answers, by the specifications alone
exchange      what a caller asked for, and the request that came of it
credentials   the credentials that a request has to carry
bodies        request bodies: values, and what is wrong with bytes
addresses     the servers that an operation may be called at
answers       the answers that a document describes
results       what a client made of an answer
classes       the class that a document names for a value

styles        how OpenAPI writes parameters
forms         how it writes urlencoded forms
multipart     how it writes multipart bodies, and how these are read
pairs         names and values of a query or a form
media_types   media types and ranges

drawing       values for the schemas of a document
combined      what schemas that apply to one value say together
scalars       texts and numbers
patterns      texts that regular expressions allow
subtypes      components that include a base with a discriminator
validity      which values are valid

operations    the operations of a document
raw           a document as it is written, references followed
anchors       references by anchor or identifier
pointers      JSON pointers
json_values   JSON values whose shape is not known
"""

"""Every operation of any document, called and judged.

workers     documents through generation and trial, each in a process of its own
exercise    the operations of one generated package, called
arguments   values of a document in the types that generated functions take
judge       verdicts on requests and answers, by the specifications alone
answers     answers that a document describes, and what must become of them
wire_rules  how OpenAPI writes parameters, forms and multipart bodies
drawing     values for the schemas of a document
patterns    texts that regular expressions allow
raw         a document as it is written, references followed
"""

"""Every operation of any document, called and judged.

workers    documents through generation and trial, each in a process of its own
exercise   the operations of one generated package, called
wire       what a request must look like, by OpenAPI's styles
"""

"""The mock service.

failures          what a request is answered with instead, when somebody asks for it
store             the models that it keeps
model_operations  the operations on these models
events            answers that come in pieces: server-sent events and JSON lines
service           answers each operation of a document
"""

"""The mock service.

failures          failures that a test asks for
store             the models that the service keeps
model_operations  the operations on these models
events            answers that come in pieces: server-sent events and JSON lines
fixtures          fixtures of pytest, for the tests of applications
service           answers each operation of a document
"""

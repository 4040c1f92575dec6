"""The mock service.

service   answers each operation of a document
store     the models that it keeps, and Modify Model on them
"""

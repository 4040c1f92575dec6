"""Single-point changes of a document, and whether the comparison notices each.

__main__   the command `python -m tests.mutation`
spots      where a change can be made
table      what is changed there, and what a comparison must report
"""

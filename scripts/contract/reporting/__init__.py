"""What changed between two contracts, for people, programs and pipelines.

report     the rows in the order in which a reviewer reads them: a summary, then by operation and shared part, most serious first
summary    how many operations and types were added, removed and changed, and the version step
advice     what callers do about each kind of breaking change
reach      the operations that a shared part reaches
owners     the operation or the shared part that a row belongs to
decisions  a file of accepted changes, each with a reason
direction  whether the values of a row are sent or received
side       one of the two documents, and where its parts stand
values     values and places in words
runs       rows about several fields of a class that are shown as one
notes      what else a row says: the fields that came instead, what a default means, what follows
reasons    why each kind of change breaks callers or does not
rules      every rule, and whom it breaks
markdown, text, github, html, json_form, changelog       the forms; `scripts.drift.FORMATS` lists those for its --format
"""

"""What changed between two contracts, for people, programs and pipelines.

report        the rows in the order in which a reviewer reads them: a summary, then sections
rows          a row, which may stand for several changes, and the groups in which rows are shown
grouping      puts rows under their operation or shared part, and changes that are alike together
runs          which changes are alike: of several fields, values or types
summary       how many operations and types were added, removed and changed, and the version step
headings      what each part of a report is about, in words
notes         what else a row says: "probably renamed", what differs, what follows
advice        what callers do about each kind of breaking change
row_advice    the same for one row, with its names and types
reasons       why each kind of change breaks callers or does not
attention     compatible changes that are worth a look
placement     types that a document states where OpenAPI 3 does not read them
renames       finds what probably stands in the place of what was removed; `notes` and `row_advice` have the words
replacements  what differs between types of which one has replaced the other
unreached     changed schemas that no operation reaches
reach         the operations of the documents that a shared part reaches; nothing here knows the programs of callers
owners        the operation or the shared part that a row belongs to
decisions     a file of accepted changes, each with a reason
direction     whether the values of a row are sent or received
side          one of the two documents, and where its parts stand
values        values and places in words
rules         every rule, and whom it breaks
markdown, text, github, html, json_form, changelog       the forms; `scripts.drift.write_as` chooses those of its --format
"""

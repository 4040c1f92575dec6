"""Single-point changes of a document. spots: where one can be made; table: what is changed there, and what a comparison must report."""

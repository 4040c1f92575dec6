"""What differs between two contracts, and whom it breaks.

operations   two contracts; begin here
access       servers and authentication
schemas      two schemas
bounds       two sets of limits
words        how a row names what it is about
changes      the rows, and the rules that say whom each breaks
report       rows for people (Markdown), programs (JSON), pull requests and the changelog
"""

"""From a clean checkout to an installable package on an internal index."""

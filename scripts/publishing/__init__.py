"""From a commit to a release.

acceptance   the contract of openapi.yaml compared with the accepted one, and recorded
version      versions and changelog
tools        how tools are run
build        sdist, wheel and list of contents
index        the internal package index
publish      all steps of a release
"""

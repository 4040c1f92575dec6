"""From a commit to a release.

acceptance   the contract of openapi.yaml compared with the accepted one, and recorded
refreshing   openapi.yaml and the client brought to what the vendor's site says
version      the version of the project
changelog    what CHANGELOG.md says about a version
credentials  user name and password, and their masking
authorities  the certificate authorities that an index is trusted by
tools        how tools are run
twine_log    what twine says where it fails, and what to do
build        sdist, wheel and list of contents (SBOM)
index_url    the address of the package index
index        what the index holds, uploads to it, installation from it
publish      all steps of a release
"""

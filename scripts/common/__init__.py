"""What every folder of scripts/ may use.

addresses      addresses of proxies and indexes that tools read, and the passwords in them
child_process  a command in a process of its own, and how that ended
command        how commands take arguments
errors         the errors that a command reports
files          files of the project, read with an error that says what to do
limits         how much time and memory the work on a document may take
pip_settings   what pip is configured with, and what of it uv must be told
printer        what commands write: text of a document is shown, never obeyed
project        the folders of the project, and which files of the package are generated
replace        a new package folder in place of the old one, in one step
text           what text of a document may look like where it reaches code
"""

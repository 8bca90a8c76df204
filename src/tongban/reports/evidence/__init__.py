"""Looking at a reported site, so that what it showed can be proved: off unless the city switches it on, begun by an
official's press on one case, and by nothing else.

`addresses`, `names`, `fetching`, `recording`, `browsing` and `looking` run in a child process that knows no Django, no
key and no database (`python -m tongban.reports.evidence.looking`); `taking` starts and ends it; `jobs` are the worker's
part and `acts` the lines of the table. Never for harm to children: such an address is sealed and fetched by nobody.
"""

"""有害网站举报: a hint from the public, verified by people, decided on a named law, told to whoever is hit, published
as a feed, ended by its day or by an objection.

A door. Not against speech: no kind, field or list here can hold an opinion, a belief, criticism, a rumour or a news
item (`data/harms.toml` is the whole list of what can be reported). Not for watching: nothing here fetches or follows
anything.
"""

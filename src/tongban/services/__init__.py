"""Services (一网通办): what there is, what one is entitled to and why, filed once, decided in parallel.

A door (floor 5). Its tables of law stand on `rules/`, its certificates on `credentials/`, its cases on the kernel as
every door's. See docs/rooms/services.md.
"""

"""The model of names, places and organisations (`tongban.detect.people`): its sources are listed in its data card,
`detect/data/people.md`."""

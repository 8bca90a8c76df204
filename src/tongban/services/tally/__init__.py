"""The tally that the figures of applications are read from: counted as acts settle, recounted from the acts."""

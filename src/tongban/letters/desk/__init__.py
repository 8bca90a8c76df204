"""The letters' page of the desk: publishing a letter and its answer."""

"""Cases brought in from files, of every kind: batches, several processes, rejected rows, resuming. Knows no door."""

"""The resident's pages of the letters' door: writing, receipt, tracking, reading, reception. All
work without JavaScript."""

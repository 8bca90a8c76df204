"""认养座椅: residents adopt a park bench for a year, its plate carries their words; two units are
asked before it is permitted."""

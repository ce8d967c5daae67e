"""Everything known about one node, in words, one file for each tab; and who finds it out."""

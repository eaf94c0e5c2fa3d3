"""Values and results that are given to a search, or taken out of one."""

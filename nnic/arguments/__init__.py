"""Which values a script's own arguments fix, so that a search of them would have no effect."""

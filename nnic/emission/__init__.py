"""From the IR to compiled text, by insertions, held against its source."""

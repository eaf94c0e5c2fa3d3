"""From annotations to the IR: which value or place each of them means."""

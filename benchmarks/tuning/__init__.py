"""The comparison of tuners: tasks, players, runs, figures."""

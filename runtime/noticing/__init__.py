"""What a run notices of its trials: parameters and files that do not do what a person expects."""

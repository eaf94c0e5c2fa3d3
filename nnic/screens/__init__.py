"""What a person sees: pure functions from records to text, and the live view."""

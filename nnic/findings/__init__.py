"""What the compiler tells a user: findings, their catalogue and their rendering."""

"""What buyers look at."""

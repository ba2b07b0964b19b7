"""Hours of training that somebody needs, has and lacks."""

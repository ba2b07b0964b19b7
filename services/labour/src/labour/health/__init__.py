"""Health records (体检): examinations of workers, where a city asks for them before certain work."""

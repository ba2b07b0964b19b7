"""Workers (建筑工人): a person once, an employment for each employer, certificates and training."""

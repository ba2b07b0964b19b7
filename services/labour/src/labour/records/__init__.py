"""Good and bad records (良好记录, 不良记录) of workers, and the workers' blacklist (黑名单)."""

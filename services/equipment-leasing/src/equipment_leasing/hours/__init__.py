"""Machine hours 运转小时: per project, machine and day, from counters and stays."""

"""Labour (劳务管理): real-name workers, entry to site, attendance."""

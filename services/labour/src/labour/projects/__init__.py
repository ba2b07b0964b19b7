"""Projects and their parties as project-mgmt tells them; a replica, rebuilt by a replay."""

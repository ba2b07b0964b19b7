"""Projects and their parties as project-mgmt tells them: the exemplar of a replica, rebuilt by a replay."""

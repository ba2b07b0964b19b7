"""project-mgmt 工程项目管理: projects and their parties, schedule, budget, indicators from facts, overview."""

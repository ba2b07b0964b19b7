"""Work breakdown 工作分解结构 of a project, read from Microsoft Project's XML (MSPDI)."""

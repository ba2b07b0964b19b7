"""Projects 项目 and their parties 参建单位, the root that every other service keys on."""

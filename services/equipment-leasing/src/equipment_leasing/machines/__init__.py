"""Machines 设备档案: the technical file and the five bans of decree 166."""

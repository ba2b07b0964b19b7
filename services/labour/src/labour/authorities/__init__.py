"""Authorities' real-name platforms (实名制管理平台): which there are, and who is connected to which."""

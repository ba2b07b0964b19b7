"""Consents (个人信息处理同意) of workers, each purpose by itself, and what a withdrawal stops."""

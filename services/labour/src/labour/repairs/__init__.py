"""Forgotten swipes, proposed by one person and approved by another."""

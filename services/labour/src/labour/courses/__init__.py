"""Courses of training (培训课程)."""

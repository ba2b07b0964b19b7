"""Attendance (考勤): gate devices, swipes, worker days, who is on site."""

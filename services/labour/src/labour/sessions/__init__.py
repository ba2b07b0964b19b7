"""Training sessions (培训班次): enrolment, attendance, test, closing."""

"""Approval by amount (审批): the matrix, the steps of each document, delegation and absence."""

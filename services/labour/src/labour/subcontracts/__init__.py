"""Subcontracts (分包合同): who does what for how much on a project, and with which qualification."""

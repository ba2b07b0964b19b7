"""Uploaded files (附件): checked, scanned, stored once by content, shown to those whose document they belong to."""

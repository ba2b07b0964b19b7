"""Use cases of requisitions that fill a file each."""

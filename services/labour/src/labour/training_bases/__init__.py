"""Training bases (实训基地) and the skill certificates that they issue."""

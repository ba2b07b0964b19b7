"""Sourcing (寻源): an inquiry (询价) or a reverse auction (竞价) from draft to award, with its guests and questions."""

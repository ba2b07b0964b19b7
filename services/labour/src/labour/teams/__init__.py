"""Teams (班组): leader and members with their history, transfers, reviews."""

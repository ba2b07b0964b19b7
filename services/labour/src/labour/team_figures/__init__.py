"""What a team's people come to: worker days and hours by day and month, and how its evidence stands."""

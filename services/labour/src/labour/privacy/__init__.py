"""What a person may ask about his data: who saw it, that it be erased, what the law keeps (PIPL arts 44, 45, 47)."""

"""Employers that an authority lists for wage arrears (失信联合惩戒名单): how they get there and off again."""

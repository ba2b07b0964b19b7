"""Employers that owe wages, listed by an authority (拖欠农民工工资失信联合惩戒名单): how they get on it and off again."""

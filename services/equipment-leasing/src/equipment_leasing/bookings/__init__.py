"""Bookings 预订: who has which machine on which days."""

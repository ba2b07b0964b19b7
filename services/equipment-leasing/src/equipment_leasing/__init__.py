"""Equipment leasing (机械设备租赁): machines, listings, bookings, telematics."""

"""Rules of bookings: whether to book, until when to cancel, when to use, what expires, codes and signed tickets."""

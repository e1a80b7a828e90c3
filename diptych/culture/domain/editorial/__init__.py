"""What editors put on the youth's home: shelves, whom each is for, when, and how it is said."""

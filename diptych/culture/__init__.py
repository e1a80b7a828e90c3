"""The pass: a credit for culture, from the sign-up of a youth to the payment of a venue."""

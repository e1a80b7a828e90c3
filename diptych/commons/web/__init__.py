"""The Django half of the hinge: refusal to page or JSON, sign-in, security headers, doors, the design system."""

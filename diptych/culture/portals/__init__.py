"""What people see: one audience a folder. Translates a request, calls one operation or query, translates back."""

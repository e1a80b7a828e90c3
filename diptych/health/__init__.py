"""The data department: collects what care produces, and opens it to research behind a wall."""

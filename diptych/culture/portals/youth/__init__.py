"""The youth’s app. Says tu."""

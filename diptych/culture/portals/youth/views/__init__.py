"""Views of the youth's app: translate, call, translate back."""

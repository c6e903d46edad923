"""Views: widgets and plots. They bind to viewmodels; they do not think."""

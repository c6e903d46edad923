"""Widgets that several pages are made of; each shows one thing and knows no page."""

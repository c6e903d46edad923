"""`tfinspector report`: one HTML file about what lies at some paths.

`command` gathers what `list`, `stats` and `drift` say; `variables` and `html` put it on a page.
"""

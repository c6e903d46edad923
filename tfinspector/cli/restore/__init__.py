"""`tfinspector restore`: `command` has its options, `document` and `page` its two faces."""

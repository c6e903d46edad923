"""Icons, style, templates and the demo's sources; in the wheel as `tfinspector.resources`."""

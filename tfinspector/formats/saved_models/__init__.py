"""SavedModels, read by walking the message's bytes without loading the graph.

`saved_model.read_saved_model` is the way in; the messages are declared in `schema`.
"""

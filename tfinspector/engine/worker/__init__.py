"""The client of the worker: start it, ask it, survive whatever it does.

`client.WorkerClient` is the way in.
"""

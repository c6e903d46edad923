"""A GraphDef in text form (`tf.io.write_graph`), made into the binary message.

Syntax: https://protobuf.dev/reference/protobuf/textformat-spec/ . protobuf parses it in Python, at
about 1 MB a second.
"""

from tfinspector.formats.saved_models.text import parse_text


def message_of_text(text: bytes) -> bytes:
    """The bytes of the message. Raises `wire_in_file.Malformed`."""
    message: bytes = parse_text("GraphDef", text).SerializeToString()
    return message

"""Make an inner tensor of an ONNX file an output of it, without the onnx package.

An ONNX file is one protobuf `ModelProto`, and protobuf merges a message that occurs twice: appending a
`ModelProto { graph (7) { output (12) { name (1) } } }` therefore adds one output to the graph.
https://protobuf.dev/programming-guides/encoding/#last-one-wins
"""

GRAPH, OUTPUT, NAME = 7, 12, 1


def with_output(model: bytes, tensor: str) -> bytes:
    return model + _field(GRAPH, _field(OUTPUT, _field(NAME, tensor.encode())))


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

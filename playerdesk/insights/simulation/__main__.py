"""The other process: a question comes in, its answer goes out."""

import sys

import msgspec

from playerdesk.insights.simulation.outcome import Question, answer

if __name__ == "__main__":
    question = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer(question)))

"""NATS JetStream: streams, consumers, dead letters and redrive over nats-py."""
